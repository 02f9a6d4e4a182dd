/** What a person types, as FHIR values and back. Pure: text in, value or message out. */

import type { Message } from "./language.ts";

export type Parsed<T> = { value: T } | { problem: Message };

const problem = (sentence: Message["sentence"], values?: Message["values"]) => ({ problem: { sentence, ...(values && { values }) } });

/** "36,5", "36.5", "1.350,5", "1 350". "1.350" alone is refused: it can mean two numbers. */
export function parseDecimal(text: string): Parsed<number> {
  const bare = text.replace(/\s/g, "");
  if (/^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(bare)) {
    return problem("ambiguous", { text: bare, whole: bare.replace(".", ""), part: bare.replace(".", ",") });
  }
  const point = Math.max(bare.lastIndexOf(","), bare.lastIndexOf("."));
  const repeated = /([.,])\d+\1/.exec(bare)?.[1];
  const plain = repeated && bare[point] === repeated ? grouped(bare) : decimal(bare, point);
  return plain !== undefined && /^[+-]?\d+(\.\d+)?$/.test(plain) ? { value: Number(plain) } : problem("number");
}

function grouped(bare: string): string | undefined {
  return /^[+-]?\d{1,3}([.,]\d{3})+$/.test(bare) ? bare.replace(/[.,]/g, "") : undefined;
}

function decimal(bare: string, point: number): string | undefined {
  if (point < 0) return bare;
  const whole = bare.slice(0, point);
  if (/[.,]/.test(whole) && grouped(whole) === undefined) return undefined;
  return `${whole.replace(/[.,]/g, "")}.${bare.slice(point + 1)}`;
}

export function parseInteger(text: string): Parsed<number> {
  const bare = text.replace(/\s/g, "");
  const plain = /^[+-]?\d+$/.test(bare) ? bare : grouped(bare);
  const value = Number(plain);
  return plain !== undefined && Math.abs(value) < 2 ** 31 ? { value } : problem("integer");
}

/** dd/mm/yyyy, mm/yyyy or yyyy, also with - . or without marks (27032025) → FHIR date with that precision. */
export function parseDate(text: string): Parsed<string> {
  const bare = text.replace(/\s/g, "");
  const found =
    /^(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})$/.exec(bare) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(bare);
  if (!found) return problem("date");
  const [day, month, year] = [found[1], found[2], found[3]];
  const value = [year, month, day].filter((part) => part !== undefined).map((part) => part!.padStart(2, "0")).join("-");
  return isDate(value) ? { value } : problem("date");
}

/** A day of the calendar, or a month or year with a sensible number. */
export function isDate(value: string): boolean {
  const [year = 0, month = 1, day = 1] = value.split("-").map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** 14:30, 14h30, 1430, 8:05 → hh:mm:ss. */
export function parseTime(text: string): Parsed<string> {
  const found = /^(\d{1,2})\s*[:hg.]\s*(\d{2})(?::(\d{2}))?$/i.exec(text.trim()) ?? /^(\d{2})(\d{2})$/.exec(text.trim());
  if (!found) return problem("time");
  const [hour, minute, second] = [found[1]!.padStart(2, "0"), found[2]!, found[3] ?? "00"];
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
    ? { value: `${hour}:${minute}:${second}` }
    : problem("time");
}

/** Date and time in Vietnam (+07:00, no daylight saving); a date alone stays a date. */
export function parseDateTime(dateText: string, timeText: string): Parsed<string> {
  const date = parseDate(dateText);
  if ("problem" in date) return problem("dateTime");
  if (timeText.trim() === "") return date;
  const time = parseTime(timeText);
  if ("problem" in time || date.value.length < 10) return problem("dateTime");
  return { value: `${date.value}T${time.value}+07:00` };
}

export function parseUrl(text: string): Parsed<string> {
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(text.trim()) ? { value: text.trim() } : problem("url");
}

/** The stored form of text: NFC, no outer spaces (inner line breaks stay). */
export function storedText(text: string): string {
  return text.normalize("NFC").trim();
}

export function showDate(value: string): string {
  return value.slice(0, 10).split("-").reverse().join("/");
}

/** The date and the time of day of a dateTime, as seen in Vietnam. */
export function showDateTime(value: string): [string, string] {
  if (!value.includes("T")) return [showDate(value), ""];
  const there = new Date(Date.parse(value) + 7 * 3600_000).toISOString();
  return [showDate(there), there.slice(11, 16)];
}

export function showNumber(value: number, language = "vi"): string {
  const text = String(value);
  return language === "vi" ? text.replace(".", ",") : text;
}

/** Order of two values of the same type; dates of unequal precision by what both know. */
export function isBefore(one: number | string, other: number | string): boolean {
  if (typeof one !== "string" || typeof other !== "string") return one < other;
  const length = Math.min(one.length, other.length, one.includes("-") ? 10 : 8);
  if (one.includes("T") && other.includes("T")) return Date.parse(one) < Date.parse(other);
  return one.slice(0, length) < other.slice(0, length);
}

/** Search key: lower case, no marks, đ → d. */
export function fold(text: string): string {
  return text.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
}
