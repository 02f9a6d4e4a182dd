/** What is impossible in a cell, told while it is typed; the server decides, with the same limits. Pure. */

export interface Limits {
  low: number;
  high: number;
  refusal: string;
}

/** 36,5 and 36.5 and 1.350 as a number; NaN for what is none, undefined for nothing. */
export function number(text: string): number | undefined {
  const typed = text.trim().replaceAll(" ", "");
  if (!typed) return undefined;
  const plain = typed.includes(",") || typed.split(".").length > 2 ? typed.replaceAll(".", "").replace(",", ".") : typed;
  return /^-?\d*\.?\d+$|^-?\d+\.$/.test(plain) ? Number(plain) : NaN;
}

/** The sentence for a value outside its limits, "" for one that can be (or is not there yet). */
export function problem(text: string, limits: Limits): string {
  const value = number(text);
  return value === undefined || (value >= limits.low && value <= limits.high) ? "" : limits.refusal;
}

/** True when both pressures are there and the upper one is not above the lower one. */
export function isReversed(systolic: string, diastolic: string): boolean {
  const [upper, lower] = [number(systolic), number(diastolic)];
  return upper !== undefined && lower !== undefined && upper <= lower;
}
