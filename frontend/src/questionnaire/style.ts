/** What the form needs beyond the page's own sheet. Colours are the page's roles, so both themes work. */

const RULES = `
ansinh-questionnaire { display: block; }
ansinh-questionnaire [hidden] { display: none !important; }
.as-questionnaire .nhsuk-form-group { margin-bottom: 28px; }
.as-questionnaire .nhsuk-form-group:focus, .as-group:focus { outline: none; }
.as-optional { font-weight: 400; color: var(--as-ink-soft); }
.as-group { margin: 0 0 32px; min-width: 0; }
.as-question__inner { margin: 16px 0 0 16px; padding-left: 16px; border-left: 4px solid var(--as-line); }
.as-question__repeat { padding: 16px; margin-bottom: 16px; border: 1px solid var(--as-line); border-radius: 8px; }
.as-question__repeat > div > .nhsuk-form-group, .as-question__repeat > .nhsuk-form-group { margin-bottom: 8px; }
.as-link-button { background: none; border: 0; padding: 4px 0; min-height: 24px; font: inherit; color: var(--as-link); text-decoration: underline; cursor: pointer; }
.as-link-button:hover { color: var(--as-link-hover); }
.as-link-button:focus-visible { background: var(--as-focus); color: var(--as-on-focus); outline: 3px solid var(--as-focus); text-decoration: none; }
.as-questionnaire input, .as-questionnaire select, .as-questionnaire textarea, .as-questionnaire button { scroll-margin-bottom: 7rem; }
.as-combobox { position: relative; }
.as-slider-row { display: flex; align-items: center; gap: 16px; }
.as-slider { flex: 1; min-width: 8rem; max-width: 24rem; accent-color: var(--as-brand); }
.as-score { margin: 0 0 24px; padding: 8px 16px; font-weight: 600; color: var(--as-ink); background: var(--as-brand-soft); border-top: 2px solid var(--as-brand-line); }
.as-likert > .as-question .nhsuk-form-group { margin: 0; padding: 10px 0; border-bottom: 1px solid var(--as-line); }
.as-likert > .as-question .nhsuk-fieldset__legend { margin-bottom: 4px; font-size: 1rem; }
.as-likert .nhsuk-radios { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 4px 8px; }
.as-likert .nhsuk-radios__item { display: flex; align-items: center; margin: 0; padding: 0; min-height: 44px; }
.as-likert .nhsuk-radios__label { flex: 1; padding: 4px 0 4px 2px; font-size: .9375rem; line-height: 1.35; }
.as-likert .nhsuk-radios__input { margin-right: -.5rem; }
.as-likert .nhsuk-radios__label::before { top: .5rem; left: .125rem; width: 1.75rem; height: 1.75rem; }
.as-likert .nhsuk-radios__label::after { top: 1.375rem; left: 1rem; border-width: .4375rem; }
@media (min-width: 48em) {
  .as-likert > .as-question .nhsuk-form-group--error { padding-left: 12px; }
  .as-likert .nhsuk-fieldset { position: relative; }
}
@media (min-width: 48em) and (min-height: 40em) { .as-score { position: sticky; bottom: 0; z-index: 1; } }
@media (min-width: 64em) {
  .as-likert > .as-question .nhsuk-fieldset__legend { float: left; width: 36%; padding: 8px 24px 0 0; }
  .as-likert .nhsuk-radios { margin-left: 36%; }
  .as-likert .nhsuk-error-message { margin-left: 36%; }
}
@media print { .as-score { position: static; } }
`;

let sheet: CSSStyleSheet | undefined;

/** Adds the rules to the page once. */
export function style(page: Document): void {
  if (sheet) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(RULES);
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
}
