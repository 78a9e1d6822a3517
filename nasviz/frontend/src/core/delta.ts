/** Changes of a JSON value, as nasviz.view.delta makes them: what a view shows is sent once, then only what is new. */

export type Path = readonly (string | number)[];
export type Change = readonly [path: Path, how: "set" | "extend" | "drop", value: unknown];

export function isChanges(x: unknown): x is Change[] {
  const key = (k: unknown) => typeof k === "string" || (typeof k === "number" && Number.isSafeInteger(k) && k >= 0);
  const fits = (change: unknown) => {
    if (!Array.isArray(change) || change.length !== 3) return false;
    const [path, how, value] = change as unknown[];
    if (!Array.isArray(path) || !path.every(key)) return false;
    return how === "set" || (how === "extend" && Array.isArray(value)) || (how === "drop" && path.length > 0);
  };
  return Array.isArray(x) && x.every(fits);
}

/** The value after the changes; the given one stays as it is, and what did not change is shared with it. */
export function applyChanges(value: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((now, [path, how, next]) => applied(now, path, how, next), value);
}

function applied(value: unknown, path: Path, how: Change[1], next: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return how === "extend" ? [...(value as unknown[]), ...(next as unknown[])] : next;
  if (typeof value !== "object" || value === null || (rest.length > 0 && !Object.hasOwn(value, key))) {
    throw new RangeError(`no place ${path.join(".")} to change`);
  }
  if (Array.isArray(value)) {
    const copy: unknown[] = [...value];
    copy[Number(key)] = applied(value[Number(key)], rest, how, next);
    return copy;
  }
  const { [key]: old, ...others } = value as Record<string, unknown>;
  if (how === "drop" && rest.length === 0) return others;
  return { ...value, [key]: applied(old, rest, how, next) };
}
