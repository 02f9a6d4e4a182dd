/**
 * The form's state, without a page: a tree of questions and what was typed for each. It is filled from a
 * QuestionnaireResponse and gives one back. What was typed stays, also where it is not yet a value, and also in
 * questions that are switched off for now.
 */

import { defined, isEnabled, type Scope, type Scopes } from "./enable.ts";
import { extension, options, plain, same, units, valueOf } from "./extensions.ts";
import type { Answer, Coding, Item, Option, Quantity, Questionnaire, QuestionnaireResponse, ResponseItem, Valued } from "./types.ts";
import { parseDate, parseDateTime, parseDecimal, parseInteger, parseTime, parseUrl, showDate, showDateTime, showNumber, storedText } from "./values.ts";
import type { Message } from "./language.ts";

/** What a person has entered for one answer. `other` is the free text of an open choice, null when not chosen. */
export interface Entry {
  text: string;
  time: string;
  unit: string;
  chosen: number[];
  other: string | null;
}

export interface Instance {
  node: Node;
  id: string;
  entry: Entry;
  children: Node[];
}

export interface Node {
  item: Item;
  id: string;
  instances: Instance[];
  enabled: boolean;
}

export type Reading = { answers: Valued[] } | { problem: Message };

/** The answers of choices are one instance with several chosen; other repeating questions are several instances. */
export const isChoice = (item: Item): boolean => item.type === "choice" || item.type === "open-choice";
export const isQuestion = (item: Item): boolean => !["group", "display"].includes(item.type);
export const isSupported = (item: Item): boolean => !["attachment", "reference"].includes(item.type);

export class Form {
  readonly questionnaire: Questionnaire;
  readonly prefix: string;
  readonly nodes: Node[];
  #given: QuestionnaireResponse | undefined;
  #serial = 0;

  /** `prefix` begins every id: a question is `<prefix>-<linkId>`, so that a server can link to it. */
  constructor(questionnaire: Questionnaire, response?: QuestionnaireResponse, prefix = "response") {
    this.questionnaire = questionnaire;
    this.prefix = prefix;
    this.#given = response;
    this.nodes = this.#build(questionnaire.item ?? [], response?.item, "");
    this.enable();
  }

  options(item: Item): Option[] {
    return options(this.questionnaire, item);
  }

  /** One more answer of a repeating question or group. */
  add(node: Node): Instance {
    const instance = this.#instance(node, undefined, undefined);
    node.instances.push(instance);
    this.enable();
    return instance;
  }

  remove(instance: Instance): void {
    const { node } = instance;
    node.instances = node.instances.filter((other) => other !== instance);
    if (node.instances.length === 0) this.add(node);
    this.enable();
  }

  /** Decides which questions are asked, until that no longer changes. */
  enable(): void {
    for (let round = 0; round < 20; round += 1) {
      if (!this.#enableLevel(this.nodes, [this.#scope(this.nodes)])) return;
    }
  }

  /** The FHIR answers of one instance, or what is wrong with what was typed. */
  read(instance: Instance): Reading {
    const { item } = instance.node;
    return isChoice(item) ? this.#readChoice(item, instance.entry) : readText(item, instance.entry);
  }

  response(status = "completed"): QuestionnaireResponse {
    const { url, version } = this.questionnaire;
    const item = this.#level(this.nodes);
    const canonical = url && (version ? `${url}|${version}` : url);
    return {
      ...this.#given,
      resourceType: "QuestionnaireResponse",
      ...(canonical && { questionnaire: canonical }),
      status,
      item: item.length > 0 ? item : undefined,
    };
  }

  #build(items: Item[], given: ResponseItem[] | undefined, suffix: string): Node[] {
    return items.map((item) => {
      const node: Node = { item, id: `${this.prefix}-${safe(item.linkId)}${suffix}`, instances: [], enabled: true };
      const found = (given ?? []).filter((entry) => entry.linkId === item.linkId);
      node.instances = this.#instances(node, found, given !== undefined);
      return node;
    });
  }

  #instances(node: Node, found: ResponseItem[], answered: boolean): Instance[] {
    const { item } = node;
    if (item.type === "group") {
      return (found.length > 0 ? found : [undefined]).map((entry, n) => this.#instance(node, undefined, entry, n, answered));
    }
    const given = answered ? found.flatMap((entry) => entry.answer ?? []) : this.#initial(item);
    if (isChoice(item)) return [this.#instance(node, given, undefined, 0, answered)];
    const each = given.length > 0 ? given.map((answer) => [answer]) : [[]];
    return each.map((answers, n) => this.#instance(node, answers, undefined, n, answered));
  }

  #initial(item: Item): Valued[] {
    const selected = this.options(item).filter((option) => option.initialSelected).map(plain);
    return item.initial ?? selected;
  }

  #instance(node: Node, answers?: Answer[], group?: ResponseItem, n = -1, answered = false): Instance {
    const id = n === 0 ? node.id : `${node.id}--${(this.#serial += 1)}`;
    const entry = this.#entry(node.item, answers ?? []);
    const inner = group?.item ?? answers?.flatMap((answer) => answer.item ?? []);
    const suffix = n === 0 ? "" : `--${this.#serial}`;
    return { node, id, entry, children: this.#build(node.item.item ?? [], answered ? (inner ?? []) : undefined, suffix) };
  }

  #entry(item: Item, answers: Answer[]): Entry {
    const unit = units(item)[0]?.code ?? "";
    const entry: Entry = { text: "", time: "", unit, chosen: [], other: null };
    if (isChoice(item)) {
      for (const answer of answers) this.#choose(item, entry, answer);
    } else if (answers[0]) {
      Object.assign(entry, shown(item, answers[0]));
    }
    return entry;
  }

  #choose(item: Item, entry: Entry, answer: Answer): void {
    const index = this.options(item).findIndex((option) => same(valueOf(option), valueOf(answer)));
    if (index >= 0) entry.chosen.push(index);
    else if (item.type === "open-choice" && answer.valueString !== undefined) entry.other = answer.valueString;
  }

  #readChoice(item: Item, entry: Entry): Reading {
    const offered = this.options(item);
    const answers = [...entry.chosen].sort((a, b) => a - b).map((index) => plain(offered[index]!));
    if (entry.other !== null) {
      if (storedText(entry.other) === "") return { problem: { sentence: "otherText" } };
      answers.push({ valueString: storedText(entry.other) });
    }
    if (answers.length === 0 && entry.text.trim() !== "") return { problem: { sentence: "option" } };
    return { answers };
  }

  #enableLevel(nodes: Node[], scopes: Scopes): boolean {
    let changed = false;
    for (const node of nodes) {
      const enabled = isEnabled(node.item, scopes);
      changed ||= enabled !== node.enabled;
      node.enabled = enabled;
      for (const instance of node.instances) {
        if (instance.children.length > 0 && this.#enableLevel(instance.children, [this.#scope(instance.children), ...scopes])) changed = true;
      }
    }
    return changed;
  }

  #scope(nodes: Node[]): Scope {
    return { defines: defined(nodes.map((node) => node.item)), given: this.#level(nodes) };
  }

  #level(nodes: Node[]): ResponseItem[] {
    return nodes.filter((node) => node.enabled).flatMap((node) => this.#items(node));
  }

  #items(node: Node): ResponseItem[] {
    const { item } = node;
    const head = { linkId: item.linkId, ...(item.text !== undefined && { text: item.text }) };
    if (item.type === "group") {
      const filled = node.instances.map((instance) => this.#level(instance.children)).filter((inner) => inner.length > 0);
      return filled.map((inner) => ({ ...head, item: inner }));
    }
    const answer = isQuestion(item) ? node.instances.flatMap((instance) => this.#answers(instance)) : [];
    return answer.length > 0 ? [{ ...head, answer }] : [];
  }

  #answers(instance: Instance): Answer[] {
    const reading = this.read(instance);
    const answers: Answer[] = "answers" in reading ? reading.answers : [];
    const inner = this.#level(instance.children);
    return answers.map((answer, n) => (n === 0 && inner.length > 0 ? { ...answer, item: inner } : answer));
  }
}

/** Characters that an id and a CSS selector take without care. */
export function safe(linkId: string): string {
  return linkId.replace(/[^\w.-]/g, "_");
}

/** A stored answer as it was typed. */
function shown(item: Item, answer: Answer): Partial<Entry> {
  const value = valueOf(answer);
  if (item.type === "quantity") {
    const quantity = value as Quantity;
    const unit = quantity.code ?? quantity.unit ?? "";
    return { text: quantity.value === undefined ? "" : showNumber(quantity.value), ...(unit && { unit }) };
  }
  if (item.type === "date") return { text: showDate(value as string) };
  if (item.type === "dateTime") {
    const [text, time] = showDateTime(value as string);
    return { text, time };
  }
  if (item.type === "time") return { text: (value as string).slice(0, 5) };
  return { text: typeof value === "number" ? showNumber(value) : String(value ?? "") };
}

function readText(item: Item, entry: Entry): Reading {
  const text = storedText(entry.text);
  if (text === "" && (item.type !== "dateTime" || entry.time.trim() === "")) return { answers: [] };
  const wrap = (key: keyof Valued, parsed: { value: unknown } | { problem: Message }): Reading =>
    "problem" in parsed ? parsed : { answers: [{ [key]: parsed.value } as Valued] };
  switch (item.type) {
    case "boolean": return { answers: [{ valueBoolean: text === "true" }] };
    case "decimal": return wrap("valueDecimal", parseDecimal(text));
    case "integer": return wrap("valueInteger", parseInteger(text));
    case "date": return wrap("valueDate", parseDate(text));
    case "dateTime": return wrap("valueDateTime", parseDateTime(text, entry.time));
    case "time": return wrap("valueTime", parseTime(text));
    case "url": return wrap("valueUri", parseUrl(text));
    case "quantity": return readQuantity(item, text, entry.unit);
    default: return { answers: [{ valueString: text }] };
  }
}

function readQuantity(item: Item, text: string, code: string): Reading {
  const number = parseDecimal(text);
  if ("problem" in number) return number;
  const offered = units(item);
  const unit: Coding | undefined = offered.find((coding) => coding.code === code);
  if (offered.length > 0 && !unit) return { problem: { sentence: "unit" } };
  const named = unit ? { unit: unit.display ?? unit.code, ...(unit.system && { system: unit.system }), code: unit.code } : {};
  return { answers: [{ valueQuantity: { value: number.value, ...named } }] };
}

/** Every instance below that is asked, in reading order. */
export function* asked(nodes: Node[]): Generator<Instance> {
  for (const node of nodes) {
    if (!node.enabled) continue;
    for (const instance of node.instances) {
      yield instance;
      yield* asked(instance.children);
    }
  }
}

/** Choice answers that may stand together with nothing else ("none of these"). */
export function isExclusive(option: Option): boolean {
  return extension<boolean>(option, "questionnaire-optionExclusive") === true;
}

