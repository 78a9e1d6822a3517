import { expect, test } from "vitest";
import { about, count, GAP, grouped, prefixed, shape, THIN } from "../../src/core/format";

const plain = (text: string) => text.replaceAll(THIN, " ").replaceAll(GAP, " ");

test.each([
  [512, "512"],
  [1234, "1.2 k"],
  [78_123, "78 k"],
  [999_600, "1.0 M"],
  [12_000_000, "12 M"],
])("%i is %s", (x, text) => expect(plain(prefixed(x))).toBe(text));
test.each([
  ["2401", "2 401"],
  [`1${"0".repeat(15)}`, "1 000 000 000 000 000"],
  [`7029365796644837554${"0".repeat(357)}`, "10^375.85"],
  ["∞", "∞"],
])("count", (digits, text) => expect(plain(count(digits))).toBe(text));
test("grouped", () => expect(plain(grouped(-1234567))).toBe("−1 234 567"));
test("shape", () => expect(shape([16, 32, 32])).toBe("16×32×32"));
test.each([
  [0.3, "under 1 s"],
  [4.2, "about 4 s"],
  [41, "about 40 s"],
  [100, "about 2 min"],
  [5000, "about 1.4 h"],
])("%f s", (seconds, text) => expect(plain(about(seconds))).toBe(text));
