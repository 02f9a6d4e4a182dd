let dirty = false;

/** Forms marked `data-guard` ask before typed words are lost by leaving the page, unless they are kept as drafts. */
export function guardUnsaved(kept: Promise<boolean>): void {
  let safe = false;
  void kept.then((answer) => (safe = answer));
  const guarded = (target: EventTarget | null) => (target as Element | null)?.closest?.("form[data-guard]");
  for (const name of ["input", "change"])
    document.addEventListener(name, (event) => {
      if (guarded(event.target)) dirty = true;
    });
  document.addEventListener("submit", (event) => {
    if (guarded(event.target)) dirty = false;
  });
  addEventListener("beforeunload", (event) => {
    if (dirty && !safe) event.preventDefault();
  });
}
