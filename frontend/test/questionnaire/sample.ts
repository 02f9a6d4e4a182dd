/** Small questionnaires for tests. */

import type { Item, Questionnaire, QuestionnaireResponse, ResponseItem } from "../../src/questionnaire/types.ts";

const HL7 = "http://hl7.org/fhir/StructureDefinition/";

export const extension = (name: string, value: object) => ({ url: HL7 + name, ...value });

export const questionnaire = (...item: Item[]): Questionnaire => ({
  resourceType: "Questionnaire", url: "https://example.org/q", version: "1", item,
});

export const response = (...item: ResponseItem[]): QuestionnaireResponse => ({
  resourceType: "QuestionnaireResponse", questionnaire: "https://example.org/q|1", status: "completed", item,
});

export const option = (code: string, points?: number) => ({
  valueCoding: { system: "https://example.org/s", code, display: `Câu ${code}` },
  ...(points !== undefined && { extension: [extension("ordinalValue", { valueDecimal: points })] }),
});

export const coding = (code: string) => ({ valueCoding: { system: "https://example.org/s", code, display: `Câu ${code}` } });

export const scored = (maximum: number) => ({
  url: "https://ansinh.vn/fhir/StructureDefinition/questionnaire-score",
  extension: [{ url: "minimum", valueDecimal: 0 }, { url: "maximum", valueDecimal: maximum }],
});
