/** Making elements. */

type Child = globalThis.Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined>;

/** `h("input", { id: "x", hidden: true })`; false, null and undefined leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is globalThis.Node | string => child instanceof globalThis.Node || typeof child === "string"));
  return element;
}

/** Ids for aria-describedby; undefined when there are none. */
export function ids(...parts: (string | undefined | false)[]): string | undefined {
  return parts.filter(Boolean).join(" ") || undefined;
}

/** Listens to typing, but not while an input method (Telex, VNI) is still composing a letter. */
export function onTyping(field: HTMLElement, changed: () => void): void {
  field.addEventListener("input", (event) => {
    if (!(event as InputEvent).isComposing) changed();
  });
  field.addEventListener("compositionend", changed);
}
