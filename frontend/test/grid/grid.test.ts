import assert from "node:assert/strict";
import { test } from "node:test";
import { isReversed, number, problem } from "../../src/grid/limits.ts";
import { anchorAfter, next } from "../../src/grid/walk.ts";

const SIZE = { rows: 3, columns: 4 };
const WHOLE = { start: 0, end: 3, length: 3 };
const at = (row: number, column: number) => ({ row, column });
const go = (key: string, place = at(1, 1), { shift = false, anchor = 0, caret = WHOLE } = {}) =>
  next(key, shift, place, SIZE, anchor, caret);

test("Tab goes along the row and on to the next one", () => {
  assert.deepEqual(go("Tab"), at(1, 2));
  assert.deepEqual(go("Tab", at(1, 3)), at(2, 0));
  assert.deepEqual(go("Tab", at(1, 0), { shift: true }), at(0, 3));
});

test("Tab leaves the grid after its last cell and before its first", () => {
  assert.equal(go("Tab", at(2, 3)), undefined);
  assert.equal(go("Tab", at(0, 0), { shift: true }), undefined);
});

test("Enter goes down to the column where the run of Tabs began", () => {
  assert.deepEqual(go("Enter", at(0, 3), { anchor: 1 }), at(1, 1));
  assert.deepEqual(go("Enter", at(1, 3), { anchor: 1, shift: true }), at(0, 1));
  assert.equal(go("Enter", at(2, 3)), undefined);
});

test("figures and Tab keep where the run began, arrows begin a new one", () => {
  for (const key of ["1", "Tab", "Enter", "Backspace"]) assert.equal(anchorAfter(key, at(1, 3), 0), 0);
  assert.equal(anchorAfter("ArrowRight", at(1, 3), 0), 3);
  assert.equal(anchorAfter("ArrowRight", undefined, 2), 2);
});

test("arrows go in four directions", () => {
  assert.deepEqual(go("ArrowDown"), at(2, 1));
  assert.deepEqual(go("ArrowUp"), at(0, 1));
  assert.deepEqual(go("ArrowRight"), at(1, 2));
  assert.deepEqual(go("ArrowLeft"), at(1, 0));
  assert.equal(go("ArrowUp", at(0, 1)), undefined);
});

test("arrows to the side stay in the field until its end", () => {
  const middle = { start: 1, end: 1, length: 3 };
  assert.equal(go("ArrowRight", at(1, 1), { caret: middle }), undefined);
  assert.equal(go("ArrowLeft", at(1, 1), { caret: middle }), undefined);
  assert.deepEqual(go("ArrowRight", at(1, 1), { caret: { start: 3, end: 3, length: 3 } }), at(1, 2));
});

test("other keys belong to the field", () => {
  for (const key of ["1", ",", "Backspace", "Home"]) assert.equal(go(key), undefined);
});

test("numbers are read as they are written in Vietnam", () => {
  for (const [text, value] of [["36,5", 36.5], ["36.5", 36.5], ["1.350,5", 1350.5], [" 12 ", 12], ["-1", -1]] as const)
    assert.equal(number(text), value);
  assert.equal(number("  "), undefined);
  for (const text of ["abc", "12a", "1,2,3", "--1"]) assert.ok(Number.isNaN(number(text)), text);
});

test("a value outside its limits, or none at all, is told", () => {
  const limits = { low: 30, high: 44, refusal: "Nhiệt độ phải từ 30 đến 44 °C." };
  for (const text of ["", "30", "36,6", "44"]) assert.equal(problem(text, limits), "");
  for (const text of ["420", "29,9", "nóng"]) assert.equal(problem(text, limits), limits.refusal);
});

test("pressures the wrong way round are noticed once both are there", () => {
  assert.ok(isReversed("80", "120"));
  assert.ok(isReversed("80", "80"));
  assert.ok(!isReversed("120", "80"));
  assert.ok(!isReversed("80", ""));
});
