/** `<ansinh-card-scan>`: the QR text of a citizen card or an insurance card, into a form. */

import { CardScanElement } from "./element.ts";
import { style } from "./style.ts";

export { CardScanElement };

if (!customElements.get("ansinh-card-scan")) {
  style(document);
  customElements.define("ansinh-card-scan", CardScanElement);
}
