/** The one message between page and kernel; its twin is nasviz.records.Message. */

export const VERSION = 1;

/**
 * What a message is for. ready: the page has drawn a view · state: everything a view draws · update: what changed since ·
 * command: something the person did, body.name says what · select: a selection · error: words and traceback.
 */
export const KINDS = ["ready", "state", "update", "command", "select", "error"] as const;

export type Kind = (typeof KINDS)[number];
export type Body = Record<string, unknown>;

export interface Message {
  v: number;
  view: string;
  seq: number;
  kind: Kind;
  body: Body;
}

export const FIELDS = ["v", "view", "seq", "kind", "body"] as const satisfies readonly (keyof Message)[];

const isPlain = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

/** Check what came from outside; returns the message, or a sentence that says what is wrong with it. */
export function checkMessage(x: unknown): Message | string {
  if (!isPlain(x)) return "a message must be an object";
  const extra = Object.keys(x).filter((key) => !(FIELDS as readonly string[]).includes(key));
  if (extra.length) return `unknown field ${extra[0]}`;
  if (x.v !== VERSION) return `message of version ${String(x.v)}, expected ${VERSION}`;
  if (typeof x.view !== "string" || x.view === "" || x.view.length > 100) return "view must be a name";
  if (typeof x.seq !== "number" || !Number.isSafeInteger(x.seq) || x.seq < 0) return "seq must be a whole number";
  if (!(KINDS as readonly unknown[]).includes(x.kind)) return `unknown kind ${String(x.kind).slice(0, 40)}`;
  if (!isPlain(x.body)) return "body must be an object";
  return x as unknown as Message;
}
