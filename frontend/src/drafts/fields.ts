import type { Typed } from "./store.ts";

export const DRAFT = "ban-nhap";
const NEVER = new Set(["csrfmiddlewaretoken", DRAFT]);
const NOT_KEPT = new Set(["password", "file", "submit", "button", "image", "reset"]);

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What stands in a form now. A box that is not ticked is told by an empty value, so that it can be taken back. */
export function typed(form: HTMLFormElement): Typed {
  return fields(form)
    .filter((field) => !(isRadio(field) && !field.checked))
    .map((field) => [field.name, isBox(field) ? (field.checked ? field.value || "on" : "") : field.value]);
}

/** Puts what was typed back. Rows of a repeated list that the page does not have yet are asked for with `more`. */
export function fill(form: HTMLFormElement, kept: Typed, more: (field: Field) => void = () => undefined): void {
  const byName = new Map<string, string[]>();
  for (const [name, value] of kept) byName.set(name, [...(byName.get(name) ?? []), value]);
  for (const [name, values] of byName) {
    let found = fields(form).filter((field) => field.name === name);
    const last = found.at(-1);
    if (last && !isBox(last) && !isRadio(last))
      for (let missing = values.length - found.length; missing > 0; missing--) more(last);
    found = fields(form).filter((field) => field.name === name);
    found.forEach((field, n) => put(field, isRadio(field) ? values[0] : values[n]));
  }
}

/** True when two states of a form differ in something that a person typed; hidden fields alone are no reason. */
export function differs(form: HTMLFormElement, kept: Typed): boolean {
  const shown = new Set(fields(form).filter((field) => field.type !== "hidden").map((field) => field.name));
  const of = (pairs: Typed) => JSON.stringify(pairs.filter(([name, value]) => shown.has(name) && value !== "").sort());
  return of(typed(form)) !== of(kept);
}

function put(field: Field, value: string | undefined): void {
  if (value === undefined) return;
  if (isRadio(field)) field.checked = field.value === value;
  else if (isBox(field)) field.checked = value !== "";
  else field.value = value;
}

function fields(form: HTMLFormElement): Field[] {
  return [...form.elements].filter(
    (one): one is Field =>
      (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement) &&
      one.name !== "" &&
      !NEVER.has(one.name) &&
      !NOT_KEPT.has(one.type),
  );
}

const isBox = (field: Field): field is HTMLInputElement => field.type === "checkbox";
const isRadio = (field: Field): field is HTMLInputElement => field.type === "radio";
