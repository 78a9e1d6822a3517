import { expect, test } from "vitest";
import { pdf } from "../../src/core/save";

test("the table of a PDF points at its objects", () => {
  const bytes = pdf(new Uint8Array([255, 216, 255, 217]), [40, 20], [30, 15]);
  const text = new TextDecoder("latin1").decode(bytes);
  expect(text.startsWith("%PDF-1.4\n")).toBe(true);
  expect(text).toContain("/MediaBox [0 0 30.00 15.00]");
  const at = Number(/startxref\n(\d+)/.exec(text)![1]);
  expect(text.slice(at, at + 4)).toBe("xref");
  const starts = [...text.slice(at).matchAll(/(\d{10}) 00000 n/g)].map((m) => Number(m[1]));
  expect(starts).toHaveLength(5);
  starts.forEach((start, k) => expect(text.slice(start).startsWith(`${k + 1} 0 obj\n`)).toBe(true));
});
