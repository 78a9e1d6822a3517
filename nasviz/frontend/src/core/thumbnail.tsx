/** A small picture of DOT without zoom or selection. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Engine } from "./engine";
import { readSvg } from "./svg";

export function Thumbnail({ engine, dot, label }: { engine: Engine; dot: string; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => {
    let wanted = true;
    setFailed("");
    const draw = async () => {
      try {
        const svg = readSvg(await engine.layout(dot));
        if (!wanted || !place.current) return;
        svg.setAttribute("aria-hidden", "true");
        for (const title of svg.querySelectorAll("title")) title.remove();
        svg.querySelector("g.graph > polygon")?.remove();
        place.current.replaceChildren(svg);
      } catch (reason) {
        if (wanted) setFailed(reason instanceof Error ? reason.message : String(reason));
      }
    };
    if (dot) void draw();
    return () => {
      wanted = false;
    };
  }, [engine, dot]);
  return (
    <div class="nv-thumbnail nv-picture" role="img" aria-label={label} ref={place}>
      {failed && <span class="nv-soft">{failed}</span>}
    </div>
  );
}
