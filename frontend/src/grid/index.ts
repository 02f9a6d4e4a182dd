import { isReversed, problem } from "./limits.ts";
import { anchorAfter, type Caret, next } from "./walk.ts";

/** Tables marked `data-grid` are typed in like a spreadsheet; what cannot be is said at the row at once. */
export function onGrids(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>("table[data-grid]")) new Grid(table);
}

class Grid {
  readonly #table: HTMLTableElement;
  #anchor = 0;

  constructor(table: HTMLTableElement) {
    this.#table = table;
    table.addEventListener("keydown", (event) => this.#onKey(event));
    table.addEventListener("focusin", (event) => this.#onFocus(event.target));
    table.addEventListener("pointerdown", (event) => this.#restart(event.target));
    table.addEventListener("change", (event) => this.#judge(event.target));
    table.addEventListener("input", (event) => this.#judge(event.target, true));
  }

  #rows(): HTMLElement[][] {
    const rows = [...this.#table.tBodies[0]!.rows].map((row) => fields(row));
    return rows.filter((row) => row.length > 0);
  }

  #onKey(event: KeyboardEvent): void {
    const field = event.target;
    if (event.isComposing || event.altKey || event.metaKey || !isField(field)) return;
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      field.form?.requestSubmit();
      return;
    }
    if (event.ctrlKey || (field instanceof HTMLSelectElement && event.key.startsWith("Arrow"))) return;
    const rows = this.#rows();
    const row = rows.findIndex((one) => one.includes(field));
    const size = { rows: rows.length, columns: Math.max(...rows.map((one) => one.length)) };
    const at = { row, column: rows[row]!.indexOf(field) };
    const place = next(event.key, event.shiftKey, at, size, this.#anchor, caret(field));
    this.#anchor = anchorAfter(event.key, place, this.#anchor);
    if (event.key === "Enter") event.preventDefault(); // at the last row it must not send a half-filled grid
    if (!place) return;
    event.preventDefault();
    rows[place.row]![Math.min(place.column, rows[place.row]!.length - 1)]?.focus();
  }

  #onFocus(field: EventTarget | null): void {
    if (field instanceof HTMLInputElement && field.type !== "checkbox") field.select();
  }

  /** A click begins a new run of Tabs. */
  #restart(target: EventTarget | null): void {
    const row = (target as Element | null)?.closest?.("tr");
    const column = row && isField(target) ? fields(row).indexOf(target) : -1;
    if (column >= 0) this.#anchor = column;
  }

  /** While typing only a problem that is shown already is taken back: nobody is interrupted in the middle of a number. */
  #judge(target: EventTarget | null, onlyMended = false): void {
    const row = (target as Element | null)?.closest?.("tr");
    const told = row?.nextElementSibling?.querySelector<HTMLElement>("[data-problems]");
    if (!row || !told || (onlyMended && !told.childElementCount)) return;
    const inputs = fields(row).filter((field) => field instanceof HTMLInputElement);
    const sentences = new Set<string>();
    for (const input of inputs) {
      const { low, high, refusal } = input.dataset;
      const wrong = refusal ? problem(input.value, { low: Number(low), high: Number(high), refusal }) : "";
      mark(input, wrong !== "", told.id);
      if (wrong) sentences.add(wrong);
    }
    const of = (name: string) => inputs.find((input) => input.dataset["column"] === name);
    const [upper, lower] = [of("systolic"), of("diastolic")];
    if (upper && lower && isReversed(upper.value, lower.value)) {
      mark(lower, true, told.id);
      sentences.add(this.#table.dataset["order"] ?? "");
    }
    told.replaceChildren(...[...sentences].map(line));
    (told.parentElement as HTMLElement).hidden = sentences.size === 0;
    row.classList.toggle("as-grid__row--wrong", sentences.size > 0);
  }
}

type Field = HTMLInputElement | HTMLSelectElement;

function isField(target: EventTarget | null): target is Field {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}

function fields(row: Element): Field[] {
  return [...row.querySelectorAll<Field>("td input:not([type=hidden]), td select")];
}

function caret(field: Field): Caret {
  const length = field.value.length;
  if (field instanceof HTMLSelectElement || field.type === "checkbox") return { start: 0, end: length, length };
  return { start: field.selectionStart ?? 0, end: field.selectionEnd ?? length, length };
}

function mark(input: HTMLInputElement, wrong: boolean, told: string): void {
  input.classList.toggle("as-grid__input--wrong", wrong);
  if (wrong) {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", told);
  } else {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}

function line(sentence: string): HTMLElement {
  const span = document.createElement("span");
  span.className = "as-grid__problem";
  span.textContent = sentence;
  return span;
}
