/**
 * enableWhen: which questions are asked. The same table of cases (tests/spec/screening/enable_when.json) is run
 * against this module and against the server's.
 */

import { keyOf, same, valueOf } from "./extensions.ts";
import type { Answer, EnableWhen, Item, Quantity, ResponseItem, Value } from "./types.ts";

/** One level of the form: the questions it has (with those below them), and what was answered. */
export interface Scope {
  defines: ReadonlySet<string>;
  given: ResponseItem[];
}

/** What an item sees: its own level first, then each level above. */
export type Scopes = Scope[];

export function defined(items: Item[]): ReadonlySet<string> {
  const links = (list: Item[]): string[] => list.flatMap((item) => [item.linkId, ...links(item.item ?? [])]);
  return new Set(links(items));
}

export function isEnabled(item: Item, scopes: Scopes): boolean {
  const conditions = item.enableWhen ?? [];
  if (conditions.length === 0) return true;
  const holds = (condition: EnableWhen) => satisfied(condition, nearest(condition.question, scopes));
  return item.enableBehavior === "any" ? conditions.some(holds) : conditions.every(holds);
}

/** Answers of the nearest question with this linkId: an open one near by hides an answered one further out. */
function nearest(linkId: string, scopes: Scopes): Answer[] {
  const level = scopes.find(({ defines }) => defines.has(linkId));
  return below(level?.given ?? []).filter((item) => item.linkId === linkId).flatMap((item) => item.answer ?? []);
}

function below(items: ResponseItem[]): ResponseItem[] {
  return items.flatMap((item) => [
    item,
    ...below(item.item ?? []),
    ...below((item.answer ?? []).flatMap((answer) => answer.item ?? [])),
  ]);
}

function satisfied(condition: EnableWhen, answers: Answer[]): boolean {
  const key = Object.keys(condition).find((name) => name.startsWith("answer")) ?? "";
  const expected = condition[key] as Value;
  if (condition.operator === "exists") return answers.length > 0 === expected;
  return answers.some((answer) => compare(condition.operator, answer, expected));
}

function compare(operator: string, answer: Answer, expected: Value): boolean {
  const given = valueOf(answer);
  if (operator === "=") return same(given, expected);
  if (operator === "!=") return !same(given, expected);
  if (keyOf(answer) === "valueQuantity") {
    const [one, other] = [given as Quantity, expected as Quantity];
    return (one.code ?? one.unit) === (other.code ?? other.unit) && ordered(operator, one.value, other.value);
  }
  return ordered(operator, given, expected);
}

function ordered(operator: string, one: Value | undefined, other: Value | undefined): boolean {
  const comparable = (typeof one === "number" || typeof one === "string") && typeof one === typeof other;
  if (!comparable) return false;
  const [a, b] = [one as string, other as string];
  return operator === ">" ? a > b : operator === "<" ? a < b : operator === ">=" ? a >= b : a <= b;
}
