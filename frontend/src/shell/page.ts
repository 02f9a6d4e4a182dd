import { announce } from "./announcer.ts";

/** What buttons and lists on a page do; one listener each, so that fragments from htmx work too. */
export function onPage(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-print]")) print();
    openDialog(target);
    addRow(target);
  });
  document.addEventListener("keydown", saveByKey);
  focusFirst();
  document.body.addEventListener("htmx:afterSwap", (event) => {
    (event.target as Element).querySelector<HTMLElement>("[data-focus]")?.focus();
    const words = (event.target as Element).querySelector<HTMLElement>("[data-announce]")?.dataset["announce"];
    if (words) announce(words);
  });
}

/** Where typing begins; `#lam` asks for the first thing that can be done. `data-focus="mouse"`: only where a mouse is; on a telephone the keyboard would hide the page. */
function focusFirst(): void {
  const asked = location.hash === "#lam" ? document.querySelector<HTMLElement>("#lam a") : null;
  // Going to a place of the page takes the focus away once more, so this waits for it.
  if (asked) addEventListener("load", () => setTimeout(() => asked.focus()));
  const first = asked ?? document.querySelector<HTMLElement>("[data-focus]");
  if (first && (first.dataset["focus"] !== "mouse" || matchMedia("(hover: hover)").matches)) {
    first.focus();
    if (first instanceof HTMLInputElement) first.select();  // what is typed or scanned next takes the place of what is there
  }
}

/** Ctrl+Enter saves the form that is typed in, or the only one of the page that keeps what is typed. */
function saveByKey(event: KeyboardEvent): void {
  if (event.key !== "Enter" || !event.ctrlKey || event.isComposing || event.defaultPrevented) return;
  const guarded = document.querySelectorAll<HTMLFormElement>("form[data-guard]");
  const own = (event.target as Element | null)?.closest?.<HTMLFormElement>("form[data-guard]");
  const form = own ?? (guarded.length === 1 ? guarded[0] : undefined);
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

function openDialog(target: Element): void {
  const id = target.closest<HTMLElement>("[data-opens]")?.dataset["opens"];
  const dialog = id ? document.getElementById(id) : null;
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}

/** Adds an empty copy of the last row of a `data-repeat` list and goes there. */
function addRow(target: Element): void {
  const list = target.closest("[data-repeat-add]")?.closest<HTMLElement>("[data-repeat]");
  const rows = list?.querySelectorAll<HTMLElement>("[data-repeat-row]");
  const last = rows?.[rows.length - 1];
  if (!list || !rows || !last) return;
  const copy = last.cloneNode(true) as HTMLElement;
  for (const combobox of copy.querySelectorAll("ansinh-combobox"))
    combobox.replaceChildren(...combobox.querySelectorAll("input"));
  for (const input of copy.querySelectorAll("input")) {
    input.value = "";
    input.id = `${input.id.replace(/_\d+$/, "")}_${rows.length}`;
    input.setAttribute("aria-label", `${list.dataset["label"] ?? ""} ${rows.length + 1}`);
  }
  last.after(copy);
  copy.querySelector("input")?.focus();
}
