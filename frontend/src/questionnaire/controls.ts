/** The fields of one question, by its type and its item control. Each writes what is typed into the entry. */

import { combobox } from "./combobox.ts";
import { h, ids, onTyping } from "./dom.ts";
import { control, extension, label, units } from "./extensions.ts";
import { type Form, type Instance, isExclusive } from "./form.ts";
import { type Language, say } from "./language.ts";
import type { Item } from "./types.ts";

export interface Setting {
  form: Form;
  language: Language;
  changed: (instance: Instance) => void;
}

export interface Controls {
  /** What is drawn under label, hint and error. */
  body: HTMLElement;
  /** Fields that become aria-invalid; the first takes the focus. */
  fields: HTMLElement[];
  /** True when the question is a set of fields: it gets a fieldset and a legend, not a label. */
  grouped: boolean;
}

const MANY = 8;

/** How the answers of a choice are picked. */
export function picker(item: Item, count: number): "radio" | "check" | "select" | "combobox" {
  if (item.repeats) return "check";
  const wished = control(item);
  if (wished === "autocomplete") return "combobox";
  if (wished === "drop-down" || (wished !== "radio-button" && count >= MANY)) return "select";
  return "radio";
}

export function controls(setting: Setting, instance: Instance, text: string, describedBy: string | undefined): Controls {
  const { item } = instance.node;
  switch (item.type) {
    case "boolean": return booleans(setting, instance, describedBy);
    case "choice":
    case "open-choice": return choices(setting, instance, text, describedBy);
    case "dateTime": return dateTime(setting, instance, describedBy);
    case "quantity": return quantity(setting, instance, text, describedBy);
    case "text": return single(textarea(setting, instance, describedBy));
    default: return control(item) === "slider" ? slider(setting, instance, describedBy) : single(input(setting, instance, describedBy), unitName(setting, item));
  }
}

function single(field: HTMLElement, suffix = ""): Controls {
  const unit = suffix && h("div", { class: "nhsuk-input-wrapper__suffix" }, suffix);
  return { body: unit ? h("div", { class: "nhsuk-input-wrapper" }, field, unit) : field, fields: [field], grouped: false };
}

function unitName(setting: Setting, item: Item): string {
  const named = item.item?.find((child) => child.type === "display" && control(child) === "unit")?.text;
  const coding = item.type === "decimal" || item.type === "integer" ? units(item)[0] : undefined;
  return named ?? (coding ? label({ valueCoding: coding }, setting.language) : "");
}

const WIDTHS: Partial<Record<Item["type"], number>> = { decimal: 10, integer: 5, date: 10, time: 5, quantity: 10 };
const NUMERIC: Partial<Record<Item["type"], string>> = { decimal: "decimal", quantity: "decimal", integer: "numeric", url: "url" };

function input(setting: Setting, instance: Instance, describedBy: string | undefined, part: "text" | "time" = "text"): HTMLInputElement {
  const { item } = instance.node;
  const width = part === "time" ? 5 : item.type === "dateTime" ? 10 : WIDTHS[item.type];
  const field = h("input", {
    id: part === "time" ? `${instance.id}-time` : instance.id,
    class: `nhsuk-input${width ? ` nhsuk-input--width-${width}` : ""}`,
    type: "text", autocomplete: "off", inputmode: NUMERIC[item.type], value: instance.entry[part],
    readonly: item.readOnly, "aria-describedby": describedBy, "aria-required": item.required ? "true" : undefined,
  });
  onTyping(field, () => {
    instance.entry[part] = field.value;
    setting.changed(instance);
  });
  return field;
}

function textarea(setting: Setting, instance: Instance, describedBy: string | undefined): HTMLTextAreaElement {
  const { item } = instance.node;
  const field = h("textarea", {
    id: instance.id, class: "nhsuk-textarea", rows: 4, readonly: item.readOnly,
    "aria-describedby": describedBy, "aria-required": item.required ? "true" : undefined,
  });
  field.value = instance.entry.text;
  onTyping(field, () => {
    instance.entry.text = field.value;
    setting.changed(instance);
  });
  return field;
}

/** A number field is the answer; the slider beside it only moves it, so that "not answered" stays possible. */
function slider(setting: Setting, instance: Instance, describedBy: string | undefined): Controls {
  const { item } = instance.node;
  const field = input(setting, instance, describedBy);
  const range = h("input", {
    type: "range", class: "as-slider", "aria-hidden": "true", tabindex: "-1", disabled: item.readOnly,
    min: extension<number>(item, "minValue") ?? 0, max: extension<number>(item, "maxValue") ?? 100,
    step: extension<number>(item, "questionnaire-sliderStepValue") ?? 1,
  });
  range.value = instance.entry.text.replace(",", ".") || range.min;
  range.addEventListener("input", () => {
    field.value = instance.entry.text = range.value.replace(".", ",");
    setting.changed(instance);
  });
  onTyping(field, () => (range.value = field.value.replace(",", ".")));
  return { body: h("div", { class: "as-slider-row" }, field, range), fields: [field], grouped: false };
}

function dateTime(setting: Setting, instance: Instance, describedBy: string | undefined): Controls {
  const parts = (["text", "time"] as const).map((part) => {
    const field = input(setting, instance, describedBy, part);
    const name = say(setting.language, part === "text" ? "dateLabel" : "timeLabel");
    return [field, h("div", { class: "nhsuk-date-input__item" }, h("label", { class: "nhsuk-label nhsuk-date-input__label", for: field.id }, name), field)] as const;
  });
  return { body: h("div", { class: "nhsuk-date-input" }, ...parts.map(([, part]) => part)), fields: parts.map(([field]) => field), grouped: true };
}

function quantity(setting: Setting, instance: Instance, text: string, describedBy: string | undefined): Controls {
  const { item } = instance.node;
  const offered = units(item);
  const field = input(setting, instance, describedBy);
  const name = (code: (typeof offered)[number]) => label({ valueCoding: code }, setting.language);
  if (offered.length < 2) return single(field, offered[0] ? name(offered[0]) : "");
  const select = h("select", { id: `${instance.id}-unit`, class: "nhsuk-select", "aria-label": say(setting.language, "unitLabel", { item: text }), disabled: item.readOnly },
    ...offered.map((coding) => h("option", { value: coding.code, selected: coding.code === instance.entry.unit }, name(coding))));
  select.addEventListener("change", () => {
    instance.entry.unit = select.value;
    setting.changed(instance);
  });
  return { body: h("div", { class: "nhsuk-input-wrapper" }, field, select), fields: [field], grouped: false };
}

interface Tick {
  text: string;
  checked: boolean;
  pick: (on: boolean) => void;
}

/** Radios or checkboxes. They belong to no form (`form=""`): only the finished response is posted. */
function ticks(instance: Instance, kind: "radio" | "checkbox", list: Tick[], describedBy: string | undefined, extra?: HTMLElement): Controls {
  const block = kind === "radio" ? "radios" : "checkboxes";
  const fields: HTMLInputElement[] = [];
  const rows = list.map(({ text, checked, pick }, n) => {
    const id = n === 0 ? instance.id : `${instance.id}-${n + 1}`;
    const field = h("input", {
      id, type: kind, name: instance.id, form: "", value: n, class: `nhsuk-${block}__input`, checked,
      disabled: instance.node.item.readOnly, "aria-describedby": describedBy,
    });
    field.addEventListener("change", () => pick(field.checked));
    fields.push(field);
    return h("div", { class: `nhsuk-${block}__item` }, field, h("label", { class: `nhsuk-label nhsuk-${block}__label`, for: id }, text));
  });
  return { body: h("div", { class: `nhsuk-${block}` }, ...rows, extra), fields, grouped: true };
}

function booleans(setting: Setting, instance: Instance, describedBy: string | undefined): Controls {
  const list = ([["true", "yes"], ["false", "no"]] as const).map(([value, sentence]) => ({
    text: say(setting.language, sentence),
    checked: instance.entry.text === value,
    pick: () => {
      instance.entry.text = value;
      setting.changed(instance);
    },
  }));
  return ticks(instance, "radio", list, describedBy);
}

function choices(setting: Setting, instance: Instance, text: string, describedBy: string | undefined): Controls {
  const { item } = instance.node;
  const labels = setting.form.options(item).map((option) => label(option, setting.language));
  const kind = picker(item, labels.length);
  if (kind === "combobox") return searched(setting, instance, text, labels, describedBy);
  const other = item.type === "open-choice" ? otherField(setting, instance, text) : undefined;
  if (kind === "select") return selected(setting, instance, labels, describedBy, other);
  return ticked(setting, instance, labels, kind, describedBy, other);
}

function ticked(setting: Setting, instance: Instance, labels: string[], kind: "radio" | "check", describedBy: string | undefined, other?: Other): Controls {
  const { entry } = instance;
  const offered = setting.form.options(instance.node.item);
  const redraw = () => {
    built.fields.forEach((field, n) => ((field as HTMLInputElement).checked = n < labels.length ? entry.chosen.includes(n) : entry.other !== null));
    other?.show();
    setting.changed(instance);
  };
  const clash = (n: number) => (m: number) => m !== n && (isExclusive(offered[n]!) || isExclusive(offered[m]!));
  const list: Tick[] = labels.map((text, n) => ({
    text,
    checked: entry.chosen.includes(n),
    pick: (on) => {
      if (kind === "radio") [entry.chosen, entry.other] = [[n], null];
      else entry.chosen = on ? [...entry.chosen.filter((m) => !clash(n)(m)), n] : entry.chosen.filter((m) => m !== n);
      if (on && isExclusive(offered[n]!)) entry.other = null;
      redraw();
    },
  }));
  if (other) {
    list.push({
      text: say(setting.language, "other"),
      checked: entry.other !== null,
      pick: (on) => {
        entry.other = on ? other.text() : null;
        entry.chosen = kind === "radio" ? [] : entry.chosen.filter((m) => !isExclusive(offered[m]!));
        redraw();
      },
    });
  }
  const built = ticks(instance, kind === "radio" ? "radio" : "checkbox", list, describedBy, other?.body);
  return built;
}

function selected(setting: Setting, instance: Instance, labels: string[], describedBy: string | undefined, other?: Other): Controls {
  const { entry } = instance;
  const chosen = entry.other !== null ? "other" : String(entry.chosen[0] ?? "");
  const rows = [["", say(setting.language, "choose")], ...labels.map((text, n) => [String(n), text])];
  if (other) rows.push(["other", say(setting.language, "other")]);
  const select = h("select", { id: instance.id, class: "nhsuk-select", "aria-describedby": describedBy, disabled: instance.node.item.readOnly },
    ...rows.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
  select.addEventListener("change", () => {
    entry.other = select.value === "other" ? (other?.text() ?? "") : null;
    entry.chosen = /^\d+$/.test(select.value) ? [Number(select.value)] : [];
    other?.show();
    setting.changed(instance);
  });
  return { body: h("div", {}, select, other?.body), fields: [select], grouped: false };
}

function searched(setting: Setting, instance: Instance, name: string, labels: string[], describedBy: string | undefined): Controls {
  const { item } = instance.node;
  const { entry } = instance;
  const open = item.type === "open-choice";
  const text = entry.other ?? (entry.chosen[0] === undefined ? entry.text : (labels[entry.chosen[0]] ?? ""));
  const hint = h("span", { id: `${instance.id}-search`, class: "nhsuk-hint" }, say(setting.language, "searchHint"));
  const [field, body] = combobox({
    id: instance.id, name, labels, text, disabled: item.readOnly === true, language: setting.language,
    describedBy: ids(describedBy, hint.id),
    changed: (index, typed) => {
      entry.chosen = index >= 0 ? [index] : [];
      entry.text = index >= 0 ? "" : typed;
      entry.other = open && index < 0 && typed.trim() !== "" ? typed : null;
      setting.changed(instance);
    },
  });
  return { body: h("div", {}, hint, body), fields: [field], grouped: false };
}

interface Other {
  body: HTMLElement;
  text: () => string;
  show: () => void;
}

/** The free text of an open choice, shown while "other" is chosen. */
function otherField(setting: Setting, instance: Instance, text: string): Other {
  const { entry } = instance;
  const id = `${instance.id}-other`;
  const field = h("input", { id, class: "nhsuk-input nhsuk-input--width-20", type: "text", autocomplete: "off", value: entry.other ?? "", maxlength: instance.node.item.maxLength });
  const body = h("div", { class: "nhsuk-radios__conditional", hidden: entry.other === null },
    h("label", { class: "nhsuk-label", for: id }, say(setting.language, "otherLabel"), h("span", { class: "nhsuk-u-visually-hidden" }, `: ${text}`)), field);
  onTyping(field, () => {
    entry.other = field.value;
    setting.changed(instance);
  });
  return { body, text: () => field.value, show: () => (body.hidden = entry.other === null) };
}
