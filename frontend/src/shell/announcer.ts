/** Says something to screen readers, once, without moving the focus. */
export function announce(text: string): void {
  const place = document.getElementById("announcer");
  if (!place) return;
  place.textContent = "";
  requestAnimationFrame(() => {
    place.textContent = text;
  });
}

/** A request of htmx that got no answer is shown where the flash messages stand, and read out. */
export function announceFailures(): void {
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.body.addEventListener(name, (event) => {
      const status = (event as CustomEvent<{ xhr?: XMLHttpRequest }>).detail.xhr?.status ?? 0;
      if (status >= 400 && status < 500) return; // the answer itself says what is wrong
      show(document.getElementById("announcer")?.dataset["failed"] ?? "");
    });
  }
}

function show(text: string): void {
  const flash = document.getElementById("flash");
  if (!flash || !text) return;
  const item = document.createElement("div");
  item.className = "as-flash__item as-flash__item--error";
  const words = document.createElement("p");
  words.textContent = text;
  item.append(words);
  flash.replaceChildren(item);
}
