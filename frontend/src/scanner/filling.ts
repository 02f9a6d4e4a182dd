/** Puts what a card says into a form. What a person has typed is never overwritten: differences are given back. */

export type Fields = Record<string, unknown>;

export interface Difference {
  label: string;
  value: string;
  replace: () => void;
}

export interface Filled {
  count: number;
  differences: Difference[];
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export function fill(form: HTMLFormElement, fields: Fields): Filled {
  const differences: Difference[] = [];
  let count = 0;
  for (const [name, raw] of Object.entries(fields)) {
    const value = raw === null || raw === undefined ? "" : String(raw);
    const controls = named(form, name);
    if (value === "" || controls.length === 0) continue;
    const now = current(controls);
    if (now === value) continue;
    if (now === "") count += set(controls, value) ? 1 : 0;
    else differences.push({ label: label(controls[0]!) || name, value, replace: () => set(controls, value) });
  }
  return { count, differences };
}

function named(form: HTMLFormElement, name: string): Control[] {
  return [...form.elements].filter(
    (element): element is Control =>
      (element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) &&
      element.name === name,
  );
}

const isTick = (control: Control): control is HTMLInputElement =>
  control instanceof HTMLInputElement && ["radio", "checkbox"].includes(control.type);

function current(controls: Control[]): string {
  const ticks = controls.filter(isTick);
  return ticks.length > 0 ? (ticks.find((tick) => tick.checked)?.value ?? "") : controls[0]!.value.trim();
}

/** Sets the value as a person would: listeners hear of it. False when the form has no such option. */
function set(controls: Control[], value: string): boolean {
  const target = controls.some(isTick) ? controls.find((control) => control.value === value) : controls[0];
  if (!target) return false;
  if (isTick(target)) target.checked = true;
  else target.value = value;
  if (!isTick(target) && target.value !== value) return false;
  for (const type of ["input", "change"]) target.dispatchEvent(new Event(type, { bubbles: true }));
  return true;
}

function label(control: Control): string {
  const legend = isTick(control) ? control.closest("fieldset")?.querySelector("legend")?.textContent : undefined;
  return (legend ?? control.labels?.[0]?.textContent ?? "").replace(/\s+/g, " ").trim();
}
