/** Small pieces that all views share. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { rerunner } from "./rerun";

/** Shown after 150 ms (by the style sheet), so that what is quick never flickers. */
export const Skeleton = () => <div class="nv-skeleton" role="status" aria-label="Loading" />;

export const Empty = ({ children }: { children: ComponentChildren }) => <div class="nv-empty">{children}</div>;

export const Waiting = () => (
  <div class="nv-note nv-soft" role="status">
    Waiting for the kernel: a cell is running. What is shown stays usable.
  </div>
);

/** After a restart of the kernel: what to do, and a button that does it where the page has one to press. */
export function Lost() {
  const place = useRef<HTMLDivElement>(null);
  const [run, setRun] = useState<(() => void) | null>(null);
  useEffect(() => setRun(() => place.current && rerunner(place.current)), []);
  return (
    <div class="nv-note" role="status" ref={place}>
      The kernel of this view was restarted or has ended. Run its cell again to go on, after the cells that it needs; what is shown can
      still be looked at and copied.
      {run && (
        <div style={{ marginTop: "6px" }}>
          <Button tip="Presses the notebook's Run on this cell" onClick={run}>
            Run this cell again
          </Button>
        </div>
      )}
    </div>
  );
}

export interface FailureProps {
  message: string;
  /** text to copy, "" for none */
  traceback?: string;
  onClose?: () => void;
}

/** What went wrong, in words, with the traceback to copy. */
export function Failure({ message, traceback, onClose }: FailureProps) {
  const [open, setOpen] = useState(false);
  return (
    <div class="nv-note nv-failed" role="alert">
      <div>{message}</div>
      <div style={{ display: "flex", gap: "6px", marginTop: traceback || onClose ? "6px" : "0" }}>
        {traceback && <Button onClick={() => setOpen(!open)}>{open ? "Hide traceback" : "Show traceback"}</Button>}
        {traceback && <CopyButton text={() => traceback}>Copy traceback</CopyButton>}
        {onClose && <Button onClick={onClose}>Close</Button>}
      </div>
      {open && <pre tabIndex={0}>{traceback}</pre>}
    </div>
  );
}

export interface ButtonProps {
  onClick: () => void;
  children: ComponentChildren;
  tip?: string;
  disabled?: boolean;
  pressed?: boolean;
  primary?: boolean;
  icon?: boolean;
  label?: string;
}

export function Button({ onClick, children, tip, disabled, pressed, primary, icon, label }: ButtonProps) {
  return (
    <button
      type="button"
      class={`nv-button${primary ? " nv-primary" : ""}${icon ? " nv-icon" : ""}`}
      onClick={onClick}
      disabled={disabled ?? false}
      aria-pressed={pressed}
      aria-label={label}
      data-tip={tip}
    >
      {children}
    </button>
  );
}

/** Copy text; true when the clipboard took it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Copies; where the clipboard is closed to the page, shows the text to be copied by hand. */
export function CopyButton({ text, children, tip }: { text: () => string; children: ComponentChildren; tip?: string }) {
  const [state, setState] = useState<"" | "copied" | "shown">("");
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (state === "shown") area.current?.select();
    if (state !== "copied") return;
    const timer = setTimeout(() => setState(""), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => setState((await copyText(text())) ? "copied" : "shown");
  return (
    <>
      <Button onClick={() => void copy()} {...(tip ? { tip } : {})}>
        {state === "copied" ? "Copied" : children}
      </Button>
      {state === "shown" && (
        <textarea class="nv-code" ref={area} readOnly rows={3} aria-label="Text to copy" style={{ width: "100%" }} value={text()} />
      )}
    </>
  );
}
