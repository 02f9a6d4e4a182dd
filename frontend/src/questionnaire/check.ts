/** What keeps a form from being saved: every problem, with the id of the field to go to. */

import { extension, valueOf } from "./extensions.ts";
import { type Form, type Instance, isChoice, isQuestion, isSupported, type Node } from "./form.ts";
import type { Message, Sentence } from "./language.ts";
import type { Item, Quantity, Valued } from "./types.ts";
import { isBefore, showDate, showNumber } from "./values.ts";

export interface Problem {
  /** id of the instance that the message belongs to. */
  id: string;
  item: Item;
  message: Message;
}

export function check(form: Form): Problem[] {
  return level(form, form.nodes);
}

function level(form: Form, nodes: Node[]): Problem[] {
  return nodes.filter((node) => node.enabled).flatMap((node) => ofNode(form, node));
}

function ofNode(form: Form, node: Node): Problem[] {
  const { item } = node;
  if (item.type === "group") return ofGroup(form, node);
  if (!isQuestion(item) || !isSupported(item)) return [];
  const own = node.instances.flatMap((instance) => ofInstance(form, instance));
  const count = node.instances.reduce((sum, instance) => sum + answers(form, instance).length, 0);
  const inner = node.instances
    .filter((instance) => answers(form, instance).length > 0)
    .flatMap((instance) => level(form, instance.children));
  return [...own, ...(own.length === 0 ? counted(node, count) : []), ...inner];
}

function ofGroup(form: Form, node: Node): Problem[] {
  const filled = node.instances.filter((instance) => hasAnswers(form, instance));
  const look = node.item.repeats && (filled.length > 0 || !node.item.required) ? filled : node.instances;
  const inner = look.flatMap((instance) => level(form, instance.children));
  return inner.length > 0 ? inner : counted(node, filled.length);
}

function hasAnswers(form: Form, instance: Instance): boolean {
  const typed = instance.entry.text.trim() !== "" || instance.entry.time.trim() !== "";
  if (typed || answers(form, instance).length > 0) return true;
  return instance.children.some((node) => node.enabled && node.instances.some((inner) => hasAnswers(form, inner)));
}

function answers(form: Form, instance: Instance): Valued[] {
  if (!isQuestion(instance.node.item)) return [];
  const reading = form.read(instance);
  return "answers" in reading ? reading.answers : [];
}

/** required, questionnaire-minOccurs, questionnaire-maxOccurs. */
function counted(node: Node, count: number): Problem[] {
  const { item } = node;
  const first = node.instances[0];
  const at = (sentence: Sentence, limit: number): Problem[] =>
    first ? [{ id: first.id, item, message: { sentence, values: { limit } } }] : [];
  if (item.required && count === 0) return at("required", 1);
  const least = extension<number>(item, "questionnaire-minOccurs") ?? 0;
  const most = extension<number>(item, "questionnaire-maxOccurs") ?? Infinity;
  if (count > 0 && count < least) return at("minOccurs", least);
  return count > most ? at("maxOccurs", most) : [];
}

function ofInstance(form: Form, instance: Instance): Problem[] {
  const { item } = instance.node;
  const reading = form.read(instance);
  const message = "problem" in reading ? reading.problem : reading.answers.map((answer) => wrong(item, answer)).find(Boolean);
  return message ? [{ id: instance.id, item, message }] : [];
}

function wrong(item: Item, answer: Valued): Message | undefined {
  const value = valueOf(answer);
  if (answer.valueString !== undefined || answer.valueUri !== undefined) return wrongText(item, String(value));
  if (isChoice(item) || typeof value === "boolean" || value === undefined) return undefined;
  return wrongRange(item, answer.valueQuantity ? (answer.valueQuantity.value ?? 0) : (value as number | string));
}

function wrongText(item: Item, text: string): Message | undefined {
  const shortest = extension<number>(item, "minLength") ?? 0;
  const pattern = extension<string>(item, "regex");
  const format = extension<string>(item, "entryFormat");
  if (item.maxLength !== undefined && text.length > item.maxLength) {
    return { sentence: "maxLength", values: { count: text.length, limit: item.maxLength } };
  }
  if (text.length < shortest) return { sentence: "minLength", values: { limit: shortest } };
  if (pattern && !new RegExp(`^(?:${pattern})$`, "u").test(text)) {
    return format ? { sentence: "regexFormat", values: { format } } : { sentence: "regex" };
  }
  return undefined;
}

function wrongRange(item: Item, value: number | string): Message | undefined {
  const least = limit(item, "minValue");
  const most = limit(item, "maxValue");
  if (least !== undefined && isBefore(value, least)) return { sentence: "minValue", values: { limit: shown(least) } };
  if (most !== undefined && isBefore(most, value)) return { sentence: "maxValue", values: { limit: shown(most) } };
  return undefined;
}

function limit(item: Item, name: string): number | string | undefined {
  const value = extension<number | string | Quantity>(item, name);
  return typeof value === "object" ? value.value : value;
}

function shown(value: number | string): string {
  if (typeof value === "number") return showNumber(value);
  return value.includes("-") ? showDate(value) : value.slice(0, 5);
}
