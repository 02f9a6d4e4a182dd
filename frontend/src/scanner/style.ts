const RULES = `
ansinh-card-scan { display: block; margin-bottom: 24px; }
.as-card-scan__buttons { display: flex; flex-wrap: wrap; gap: 8px 16px; margin-top: 12px; }
.as-card-scan__buttons .nhsuk-button { margin-bottom: 8px; }
.as-card-scan__camera { max-width: min(92vw, 40rem); padding: 16px; border: 1px solid var(--as-line); border-radius: 12px; color: var(--as-ink); background: var(--as-surface); }
.as-card-scan__camera::backdrop { background: rgb(0 0 0 / 60%); }
.as-card-scan__video { display: block; width: 100%; max-height: 60vh; background: #000; border-radius: 8px; margin: 8px 0 16px; }
`;

/** Adds the card field's rules to the page once. */
export function style(page: Document): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(RULES);
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
}
