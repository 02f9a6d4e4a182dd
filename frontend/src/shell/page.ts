import { announce } from "./announcer.ts";

/** What buttons and lists on a page do; one listener each, so that fragments from htmx work too. */
export function onPage(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-print]")) print();
    openDialog(target);
    addRow(target);
  });
  document.querySelector<HTMLElement>("[data-focus]")?.focus();
  document.body.addEventListener("htmx:afterSwap", (event) => {
    (event.target as Element).querySelector<HTMLElement>("[data-focus]")?.focus();
    const words = (event.target as Element).querySelector<HTMLElement>("[data-announce]")?.dataset["announce"];
    if (words) announce(words);
  });
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
