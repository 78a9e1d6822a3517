/** How numbers are written; the twin of nasviz/view/numbers.py. */

export const THIN = "\u202f";
export const GAP = "\u00a0";
export const MINUS = "\u2212";

/** An integer with a thin space between groups of three digits. */
export function grouped(n: number | bigint): string {
  const text = n.toString();
  const digits = text.startsWith("-") ? text.slice(1) : text;
  return (text.startsWith("-") ? MINUS : "") + digits.replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** 78 k, 1.2 M; below a thousand all digits. */
export function prefixed(x: number): string {
  if (x < 0) return MINUS + prefixed(-x);
  if (x < 999.5) return x.toFixed(0);
  const prefixes = ["", "k", "M", "G", "T", "P", "E"];
  let power = 0;
  while (x >= 999.5 && power < prefixes.length - 1) {
    x /= 1000;
    power += 1;
  }
  return (x < 9.95 ? x.toFixed(1) : x.toFixed(0)) + GAP + prefixes[power];
}

/** A count from its exact digits: thin spaces up to 10^15, a power of ten beyond. */
export function count(digits: string): string {
  if (!/^\d+$/.test(digits)) return digits;
  if (digits.length <= 15 || digits === `1${"0".repeat(15)}`) return grouped(BigInt(digits));
  return `10^${log10(digits).toFixed(2)}`;
}

/** Decimal logarithm of a positive integer given by its digits. */
export const log10 = (digits: string): number =>
  digits.length - 1 + Math.log10(Number(`${digits[0]}.${digits.slice(1, 17)}`));

/** A shape without the batch: 16×32×32. */
export const shape = (sizes: readonly number[]): string => sizes.join("×");

export function about(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "time unknown";
  if (seconds < 0.95) return `under${GAP}1${GAP}s`;
  if (seconds < 9.5) return `about${GAP}${Math.round(seconds)}${GAP}s`;
  if (seconds < 57.5) return `about${GAP}${Math.round(seconds / 5) * 5}${GAP}s`;
  if (seconds < 59.5 * 60) return `about${GAP}${Math.max(1, Math.round(seconds / 60))}${GAP}min`;
  return `about${GAP}${(seconds / 3600).toFixed(1)}${GAP}h`;
}

/** The beginning of a text and … when it is longer. */
export const clip = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
