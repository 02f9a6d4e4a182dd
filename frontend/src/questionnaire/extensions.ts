/** Extensions of a Questionnaire: values by URL, texts with their translations, options with their points. */

import type { Coding, Designation, Extended, Extension, Item, Option, Quantity, Questionnaire, Value, Valued } from "./types.ts";

const HL7 = "http://hl7.org/fhir/StructureDefinition/";
const TRANSLATION = `${HL7}translation`;
const ORDINAL = `${HL7}ordinalValue`;
const SCORE = "https://ansinh.vn/fhir/StructureDefinition/questionnaire-score";

export function all(element: Extended | undefined, url: string): Extension[] {
  return (element?.extension ?? []).filter((extension) => extension.url === url);
}

/** The `value[x]` of an element, whatever its type. */
export function valueOf(element: Valued | Extension): Value | undefined {
  const key = keyOf(element);
  return key === undefined ? undefined : ((element as Record<string, unknown>)[key] as Value);
}

export function keyOf(element: object): string | undefined {
  return Object.keys(element).find((key) => key.startsWith("value"));
}

/** Value of a named extension; short names are those of HL7 (`minValue`). */
export function extension<T = Value>(element: Extended | undefined, name: string): T | undefined {
  const url = name.includes("://") ? name : HL7 + name;
  const found = all(element, url)[0] ?? all(element, name)[0];
  return found && (valueOf(found) as T | undefined);
}

/** `text` in `language`, else as written. */
export function translated(text: string | undefined, extra: Extended | undefined, language: string): string {
  for (const translation of all(extra, TRANSLATION)) {
    if (extension<string>(translation, "lang") === language) return extension<string>(translation, "content") ?? text ?? "";
  }
  return text ?? "";
}

/** Code of `questionnaire-itemControl`: radio-button, drop-down, check-box, autocomplete, slider, htable, help … */
export function control(item: Item): string | undefined {
  const concept = extension<{ coding?: Coding[] }>(item, "questionnaire-itemControl");
  return concept?.coding?.[0]?.code;
}

export function isHidden(item: Item): boolean {
  return extension<boolean>(item, "questionnaire-hidden") === true;
}

/** Answer options: the item's own, or the codes of a contained value set. */
export function options(questionnaire: Questionnaire, item: Item): Option[] {
  if (item.answerOption) return item.answerOption;
  const set = questionnaire.contained?.find((resource) => item.answerValueSet === `#${resource.id}`);
  if (set?.expansion) return (set.expansion.contains ?? []).map((valueCoding) => ({ valueCoding }));
  return (set?.compose?.include ?? []).flatMap(({ system, concept }) =>
    (concept ?? []).map(({ designation, ...coding }) => ({ valueCoding: { system, ...coding, ...named(designation) } })),
  );
}

/** Designations of a value set, as the translations that displays elsewhere carry. */
function named(designations: Designation[] | undefined): { _display?: Extended } {
  if (!designations) return {};
  const parts = designations.map(({ language, value }) => ({
    url: TRANSLATION,
    extension: [{ url: "lang", valueCode: language }, { url: "content", valueString: value }],
  }));
  return { _display: { extension: parts } };
}

/** What an option is called in `language`. */
export function label(option: Option, language: string): string {
  const prefix = extension<string>(option, "questionnaire-optionPrefix");
  const coding = option.valueCoding;
  const text = coding
    ? translated(coding.display ?? coding.code, coding._display, language)
    : option.valueString !== undefined
      ? translated(option.valueString, option._valueString, language)
      : String(valueOf(option) ?? "");
  return prefix ? `${prefix} ${text}` : text;
}

/** The option without translations and points: what a response carries. */
export function plain(option: Option): Valued {
  if (!option.valueCoding) {
    const key = keyOf(option) as keyof Valued;
    return { [key]: option[key] } as Valued;
  }
  const { system, code, display } = option.valueCoding;
  return { valueCoding: { ...(system && { system }), ...(code && { code }), ...(display && { display }) } };
}

export function ordinal(option: Option): number | undefined {
  return extension<number>(option, ORDINAL) ?? extension<number>(option.valueCoding, ORDINAL);
}

export function units(item: Item): Coding[] {
  const fixed = extension<Coding>(item, "questionnaire-unit");
  const choices = all(item, `${HL7}questionnaire-unitOption`).map((found) => valueOf(found) as Coding);
  return fixed ? [fixed] : choices;
}

export interface ScoreRange {
  minimum: number;
  maximum: number;
}

/** Range of the total, where the questionnaire defines one as a sum; what is measured is told by the answer itself. */
export function scoreRange(questionnaire: Questionnaire): ScoreRange | undefined {
  const score = all(questionnaire, SCORE)[0];
  if (!score || extension<string>(score, "method") === "expression") return undefined;
  return { minimum: extension<number>(score, "minimum") ?? 0, maximum: extension<number>(score, "maximum") ?? 0 };
}

/** Equality of answers: codings by system and code, quantities by value and unit, the rest by value. */
export function same(one: Value | undefined, other: Value | undefined): boolean {
  if (typeof one !== "object" || typeof other !== "object") return one === other;
  if ("value" in one || "value" in other) {
    const [a, b] = [one as Quantity, other as Quantity];
    return a.value === b.value && (a.code ?? a.unit) === (b.code ?? b.unit);
  }
  return ((one as Coding).system ?? "") === ((other as Coding).system ?? "") && one.code === other.code;
}
