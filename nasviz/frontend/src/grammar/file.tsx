/** The file that is edited: its name, what is not saved, and what to do when it changed on disk. */
import { useEffect } from "preact/hooks";
import type { Channel } from "../core/channel";
import { Button } from "../core/parts";
import type { FileInfo } from "./body";

const LOOK_MS = 3000;

const WORDS = { saved: "saved", edited: "not saved", new: "new, not saved yet", conflict: "not saved" } as const;

export const FileName = ({ file }: { file: FileInfo }) => (
  <span class="nv-file" data-tip={file.path} tabIndex={0}>
    {file.name} <span class={file.state === "saved" ? "nv-soft" : "nv-unsaved"}>{file.state === "saved" ? "" : "● "}{WORDS[file.state]}</span>
  </span>
);

/** Ask Python now and then, while the page is visible, whether the file changed on disk. */
export function useLook(channel: Channel, file: FileInfo | null): void {
  const on = file !== null;
  useEffect(() => {
    if (!on) return;
    const look = () => document.visibilityState === "visible" && channel.send("command", { name: "look" });
    const timer = setInterval(look, LOOK_MS);
    addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", look);
    };
  }, [channel, on]);
}

export function FileNote({ file, channel }: { file: FileInfo; channel: Channel }) {
  if (file.state === "conflict") {
    return (
      <div class="nv-note nv-failed" role="alert">
        {file.name} changed on disk since it was read. Nothing is overwritten until you say so.
        <div class="nv-row">
          <Button tip="Drop what is in the editor; undo brings it back" onClick={() => channel.command("reload")}>Load the file</Button>
          <Button tip="Replace the file by what is in the editor" onClick={() => channel.command("save", { overwrite: true })}>Overwrite it</Button>
        </div>
      </div>
    );
  }
  if (!file.note) return null;
  return (
    <div class="nv-note nv-row" role="status">
      <span>
        {file.note} {file.state === "edited" && `It is kept in ${file.draft} until you save.`}
      </span>
      {file.state === "edited" && <Button tip="Drop the draft; undo brings it back" onClick={() => channel.command("reload")}>Load the file</Button>}
    </div>
  );
}
