/** Draws the whole form and keeps the drawing in step: what is asked, what is wrong, what was added or removed. */

import { controls, type Setting } from "./controls.ts";
import { h, ids } from "./dom.ts";
import { control, extension, isHidden, translated } from "./extensions.ts";
import { asked, type Form, type Instance, isChoice, isQuestion, isSupported, type Node } from "./form.ts";
import { type Message, say } from "./language.ts";
import type { Item } from "./types.ts";

interface Part {
  group: HTMLElement;
  error: HTMLElement;
  fields: HTMLElement[];
}

const HINTS: Partial<Record<Item["type"], "dateHint" | "dateTimeHint" | "timeHint">> = {
  date: "dateHint", dateTime: "dateTimeHint", time: "timeHint",
};

export class Drawing {
  readonly #setting: Setting;
  readonly #announce: (text: string) => void;
  readonly #parts = new Map<string, Part>();
  readonly #wrappers = new Map<Node, HTMLElement>();

  constructor(setting: Setting, announce: (text: string) => void) {
    this.#setting = setting;
    this.#announce = announce;
  }

  draw(): HTMLElement[] {
    return this.#nodes(this.#form.nodes);
  }

  /** Shows what is asked and hides what is not; fields keep their place and focus. */
  refresh(nodes: Node[] = this.#form.nodes): void {
    for (const node of nodes) {
      const wrapper = this.#wrappers.get(node);
      if (wrapper) wrapper.hidden = !node.enabled || isHidden(node.item);
      for (const instance of node.instances) this.refresh(instance.children);
    }
  }

  /** Puts a message at a question; undefined takes it away. */
  mark(id: string, text: string | undefined): void {
    const part = this.#parts.get(id);
    if (!part) return;
    part.group.classList.toggle("nhsuk-form-group--error", text !== undefined);
    part.error.hidden = text === undefined;
    const spoken = h("span", { class: "nhsuk-u-visually-hidden" }, `${say(this.#language, "error")} `);
    part.error.replaceChildren(...(text === undefined ? [] : [spoken, text]));
    for (const field of part.fields) {
      if (text === undefined) field.removeAttribute("aria-invalid");
      else field.setAttribute("aria-invalid", "true");
    }
  }

  clearMarks(): void {
    for (const id of this.#parts.keys()) this.mark(id, undefined);
  }

  focus(id: string): void {
    const part = this.#parts.get(id);
    (part?.fields[0] ?? part?.group)?.focus();
  }

  /** Text of a question as messages name it: "3. Khó vào giấc …". */
  title(item: Item): string {
    const text = translated(item.text, item._text, this.#language);
    return [item.prefix, text].filter(Boolean).join(" ");
  }

  /** A message with the question's name, for the list of all problems. */
  sentence(item: Item, { sentence, values }: Message): string {
    return say(this.#language, sentence, { item: this.title(item), ...values });
  }

  /** The same message beside its question, where the name is already read. */
  remark({ sentence, values }: Message): string {
    const bare = say(this.#language, sentence, { item: "", ...values }).replace(/^[:\s]+|[:\s]+$/g, "");
    return bare.charAt(0).toUpperCase() + bare.slice(1);
  }

  get #form(): Form {
    return this.#setting.form;
  }

  get #language() {
    return this.#setting.language;
  }

  #nodes(nodes: Node[]): HTMLElement[] {
    return nodes.filter((node) => !this.#isNote(node.item)).map((node) => this.#node(node));
  }

  /** Display items that are drawn with their question (help, unit), not as a paragraph of their own. */
  #isNote(item: Item): boolean {
    return item.type === "display" && ["help", "flyover", "unit"].includes(control(item) ?? "");
  }

  #node(node: Node): HTMLElement {
    const several = node.item.repeats === true && !isChoice(node.item) && node.item.type !== "display";
    const wrapper = h("div", { class: "as-question", "data-link": node.item.linkId, hidden: !node.enabled || isHidden(node.item) });
    const list = h("div", {}, ...node.instances.map((instance) => this.#instance(instance, several)));
    wrapper.append(list);
    if (several && !node.item.readOnly) wrapper.append(this.#adder(node, list));
    this.#wrappers.set(node, wrapper);
    return wrapper;
  }

  #adder(node: Node, list: HTMLElement): HTMLElement {
    const text = say(this.#language, "add", { item: this.title(node.item) });
    const button = h("button", { type: "button", class: "nhsuk-button nhsuk-button--secondary nhsuk-button--small" }, text);
    button.addEventListener("click", () => {
      const instance = this.#form.add(node);
      list.append(this.#instance(instance, true));
      this.#setting.changed(instance);
      this.#announce(say(this.#language, "added", { number: node.instances.length }));
      this.focus(firstField(instance));
    });
    return button;
  }

  #instance(instance: Instance, removable: boolean): HTMLElement {
    const { item } = instance.node;
    const body = item.type === "group" ? this.#group(instance) : item.type === "display" ? this.#display(item) : this.#question(instance);
    if (!removable || item.readOnly) return body;
    const block = h("div", { class: "as-question__repeat" }, body);
    block.append(this.#remover(instance, block));
    return block;
  }

  #remover(instance: Instance, block: HTMLElement): HTMLElement {
    const { node } = instance;
    const text = () => say(this.#language, "remove", { number: node.instances.indexOf(instance) + 1, item: this.title(node.item) });
    const button = h("button", { type: "button", class: "as-link-button" }, text());
    button.addEventListener("click", () => {
      const list = block.parentElement;
      this.#form.remove(instance);
      block.remove();
      if (list?.childElementCount === 0) list.append(this.#instance(node.instances[0]!, true));
      this.#setting.changed(instance);
      this.#announce(say(this.#language, "removed"));
      list?.parentElement?.querySelector<HTMLElement>(":scope > button")?.focus();
    });
    return button;
  }

  #group(instance: Instance): HTMLElement {
    const { item } = instance.node;
    const table = ["htable", "gtable", "table"].includes(control(item) ?? "");
    const error = this.#error(instance);
    const group = h("fieldset", { id: instance.id, class: `nhsuk-fieldset as-group${table ? " as-likert" : ""}`, tabindex: "-1", "aria-describedby": error.id },
      item.text && h("legend", { class: "nhsuk-fieldset__legend nhsuk-fieldset__legend--m" }, this.title(item)),
      this.#help(item, instance.id), error, ...this.#nodes(instance.children));
    this.#parts.set(instance.id, { group, error, fields: [] });
    return group;
  }

  #display(item: Item): HTMLElement {
    return h("p", { class: "as-question__text" }, this.title(item));
  }

  #question(instance: Instance): HTMLElement {
    const { item } = instance.node;
    if (!isSupported(item)) {
      return h("div", { class: "nhsuk-inset-text" }, h("p", {}, h("strong", {}, this.title(item))), h("p", {}, say(this.#language, "unsupported")));
    }
    const hint = this.#help(item, instance.id);
    const error = this.#error(instance);
    const built = controls(this.#setting, instance, this.title(item), ids(hint?.id, error.id));
    const inner = this.#nodes(instance.children);
    const content = built.grouped
      ? h("fieldset", { class: "nhsuk-fieldset", "aria-describedby": ids(hint?.id, error.id) }, h("legend", { class: "nhsuk-fieldset__legend nhsuk-fieldset__legend--s" }, ...this.#label(item)), hint, error, built.body)
      : h("div", {}, h("label", { class: "nhsuk-label nhsuk-label--s", for: instance.id }, ...this.#label(item)), hint, error, built.body);
    if (built.grouped) for (const field of built.fields) field.removeAttribute("aria-describedby");
    const group = h("div", { class: "nhsuk-form-group", tabindex: "-1" }, content, inner.length > 0 && h("div", { class: "as-question__inner" }, ...inner));
    this.#parts.set(instance.id, { group, error, fields: built.fields });
    return group;
  }

  #label(item: Item): (string | HTMLElement)[] {
    const optional = !item.required && !item.readOnly;
    return [this.title(item), ...(optional ? [" ", h("span", { class: "as-optional" }, say(this.#language, "optional"))] : [])];
  }

  #help(item: Item, id: string): HTMLElement | null {
    const notes = (item.item ?? []).filter((child) => child.type === "display" && ["help", "flyover"].includes(control(child) ?? ""));
    const texts = notes.map((note) => translated(note.text, note._text, this.#language));
    const format = extension<string>(item, "entryFormat");
    const hint = HINTS[item.type];
    if (format) texts.push(format);
    else if (hint) texts.push(say(this.#language, hint));
    return texts.length > 0 ? h("div", { id: `${id}-hint`, class: "nhsuk-hint" }, texts.join(" ")) : null;
  }

  #error(instance: Instance): HTMLElement {
    return h("span", { id: `${instance.id}-error`, class: "nhsuk-error-message", hidden: true });
  }
}

/** id of the first question in an instance: itself, or the first one inside a group. */
function firstField(instance: Instance): string {
  if (isQuestion(instance.node.item)) return instance.id;
  for (const inner of asked(instance.children)) if (isQuestion(inner.node.item)) return inner.id;
  return instance.id;
}
