/** `<ansinh-questionnaire>`: draws a FHIR R4 Questionnaire, gives back a QuestionnaireResponse. */

import { DraftDone, QuestionnaireElement } from "./element.ts";

export { QuestionnaireElement };

if (!customElements.get("ansinh-questionnaire")) {
  customElements.define("ansinh-questionnaire", QuestionnaireElement);
  customElements.define("ansinh-draft-done", DraftDone);
}
