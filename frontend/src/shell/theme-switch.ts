const KEY = "theme";

/** Light, dark or as the device says; kept on this device only. */
export function switchTheme(): void {
  const groups = document.querySelectorAll<HTMLElement>("[data-theme-switch]");
  mark(groups, stored());
  for (const group of groups)
    group.addEventListener("click", (event) => {
      const value = (event.target as Element).closest<HTMLElement>("[data-theme-value]")?.dataset["themeValue"];
      if (value) {
        choose(value);
        mark(groups, value);
      }
    });
}

function stored(): string {
  try {
    return localStorage.getItem(KEY) ?? "auto";
  } catch {
    return "auto";
  }
}

function choose(value: string): void {
  const root = document.documentElement;
  if (value === "auto") delete root.dataset["theme"];
  else root.dataset["theme"] = value;
  try {
    if (value === "auto") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, value);
  } catch {
    // storage refused: the choice holds for this page
  }
}

function mark(groups: Iterable<HTMLElement>, value: string): void {
  for (const group of groups)
    for (const option of group.querySelectorAll<HTMLElement>("[data-theme-value]"))
      option.setAttribute("aria-pressed", String(option.dataset["themeValue"] === value));
}
