/** The user menu and the small-screen navigation: closed by Escape and by pressing elsewhere. */
export function closeOnLeave(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
    const button = target.closest<HTMLElement>("[data-menu]");
    if (button) toggle(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
    const button = document.querySelector<HTMLElement>("[data-menu][aria-expanded=true]");
    if (button) {
      toggle(button);
      button.focus();
    }
  });
}

function openMenus(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>("details[data-dismiss][open]")];
}

function toggle(button: HTMLElement): void {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  document.getElementById(button.getAttribute("aria-controls") ?? "")?.toggleAttribute("data-open", open);
}
