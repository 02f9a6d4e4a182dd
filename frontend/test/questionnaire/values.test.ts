import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fold, isBefore, parseDate, parseDateTime, parseDecimal, parseInteger, parseTime, parseUrl, showDate, showDateTime, showNumber, storedText,
} from "../../src/questionnaire/values.ts";

const value = (parsed: object) => ("value" in parsed ? parsed.value : (parsed as { problem: { sentence: string } }).problem.sentence);

const table = <T>(name: string, parse: (text: string) => object, rows: [string, T][]) => {
  for (const [typed, expected] of rows) test(`${name} “${typed}” is ${expected}`, () => assert.equal(value(parse(typed)), expected));
};

table<number | string>("decimal", parseDecimal, [
  ["36,5", 36.5], ["36.5", 36.5], ["12", 12], ["-0,25", -0.25], ["1.350,5", 1350.5], ["1,350.5", 1350.5], ["1 350,5", 1350.5],
  ["1.350.000", 1350000], ["0.125", 0.125], ["1.350", "ambiguous"], ["", "number"], ["36,5,1", "number"], ["1.35.000", "number"],
  ["ba mươi", "number"], ["1e3", "number"], ["36,", "number"], [",5", "number"],
]);
table<number | string>("integer", parseInteger, [
  ["12", 12], ["-3", -3], ["1.350", 1350], ["12,5", "integer"], ["", "integer"], ["99999999999", "integer"], ["1.35", "integer"],
]);
table("date", parseDate, [
  ["27/03/2025", "2025-03-27"], ["7/3/2025", "2025-03-07"], ["27-3-2025", "2025-03-27"], ["27.03.2025", "2025-03-27"], ["27032025", "2025-03-27"],
  ["03/1948", "1948-03"], ["1948", "1948"], ["29/02/2024", "2024-02-29"], ["29/02/2025", "date"], ["31/04/2025", "date"], ["13/2025", "date"],
  ["32/01/2025", "date"], ["2025-03-27", "date"], ["1/1/48", "date"], ["hôm qua", "date"], ["00/03/2025", "date"],
]);
table("time", parseTime, [
  ["14:30", "14:30:00"], ["8:05", "08:05:00"], ["14h30", "14:30:00"], ["1430", "14:30:00"], ["23:59:59", "23:59:59"], ["24:00", "time"], ["12:60", "time"], ["2 giờ", "time"],
]);
table("url", parseUrl, [["https://vidu.vn/a?b=1", "https://vidu.vn/a?b=1"], ["vidu.vn", "url"], ["https://vi du.vn", "url"]]);

test("date and time are an instant in Vietnam", () => {
  assert.deepEqual(parseDateTime("27/03/2025", "14:30"), { value: "2025-03-27T14:30:00+07:00" });
  assert.deepEqual(parseDateTime("27/03/2025", ""), { value: "2025-03-27" });
  assert.ok("problem" in parseDateTime("2025", "14:30"));
  assert.ok("problem" in parseDateTime("", "14:30"));
});

test("an instant from elsewhere is shown as seen in Vietnam", () => {
  assert.deepEqual(showDateTime("2025-03-27T20:30:00Z"), ["28/03/2025", "03:30"]);
  assert.deepEqual(showDateTime("2025-03"), ["03/2025", ""]);
});

test("what is shown can be read back", () => {
  for (const day of ["2025-03-27", "1948-03", "1948"]) assert.deepEqual(parseDate(showDate(day)), { value: day });
  for (const number of [36.5, 0, -2, 1350.25]) assert.deepEqual(parseDecimal(showNumber(number)), { value: number });
});

test("dates are compared by what both know", () => {
  assert.equal(isBefore("1948", "1948-03-01"), false);
  assert.equal(isBefore("1947", "1948-03-01"), true);
  assert.equal(isBefore("2025-03-27T01:00:00+07:00", "2025-03-26T19:00:00Z"), true);
  assert.equal(isBefore("08:00:00", "14:30:00"), true);
  assert.equal(isBefore(3, 3), false);
});

test("text is stored composed, and found without marks", () => {
  assert.equal(storedText(" Nguye\u0302\u0303n "), "Nguyễn");
  assert.equal(fold("Đắk  Nông"), "dak nong");
});
