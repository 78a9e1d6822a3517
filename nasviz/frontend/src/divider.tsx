/** The line below a view in a box of views: it changes the height of the view above it. */
import { Skeleton } from "./core/parts";
import { Handle } from "./core/handle";
import { defineView, useBody, type ViewContext } from "./core/view";
import css from "./divider.css";

interface DividerBody {
  name: string;
  label: string;
}

/** The view above, seen from the line. */
const above = (line: HTMLElement): HTMLElement | null | undefined => {
  let own: Element | null = line.closest(".nasviz");
  while (own && !own.previousElementSibling) own = own.parentElement;
  return own?.previousElementSibling?.querySelector<HTMLElement>(".nasviz");
};

function Divider(context: ViewContext) {
  const body = useBody<DividerBody>(context.channel);
  return body ? <Handle name={`view-${body.name}`} label={body.label} axis="y" pane={above} /> : <Skeleton />;
}

export default defineView({ name: "divider", label: "Divider", css, quiet: true, component: Divider });
