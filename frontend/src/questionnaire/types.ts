/** The parts of FHIR R4 that a form reads and writes. Other elements pass through untouched. */

export interface Extension {
  url: string;
  extension?: Extension[];
  [value: string]: unknown;
}

export interface Extended {
  extension?: Extension[];
}

export interface Coding extends Extended {
  system?: string;
  code?: string;
  display?: string;
  _display?: Extended;
}

export interface Quantity extends Extended {
  value?: number;
  unit?: string;
  system?: string;
  code?: string;
}

export type Value = boolean | number | string | Coding | Quantity;

/** An answer, an option or an initial value: one `value[x]`. */
export interface Valued extends Extended {
  valueBoolean?: boolean;
  valueDecimal?: number;
  valueInteger?: number;
  valueDate?: string;
  valueDateTime?: string;
  valueTime?: string;
  valueString?: string;
  valueUri?: string;
  valueCoding?: Coding;
  valueQuantity?: Quantity;
}

export interface Option extends Valued {
  _valueString?: Extended;
  initialSelected?: boolean;
}

export interface EnableWhen {
  question: string;
  operator: "exists" | "=" | "!=" | ">" | "<" | ">=" | "<=";
  [answer: string]: unknown;
}

export type ItemType =
  | "group" | "display" | "boolean" | "decimal" | "integer" | "date" | "dateTime" | "time" | "string" | "text"
  | "url" | "choice" | "open-choice" | "quantity" | "attachment" | "reference";

export interface Item extends Extended {
  linkId: string;
  type: ItemType;
  prefix?: string;
  text?: string;
  _text?: Extended;
  enableWhen?: EnableWhen[];
  enableBehavior?: "all" | "any";
  required?: boolean;
  repeats?: boolean;
  readOnly?: boolean;
  maxLength?: number;
  answerValueSet?: string;
  answerOption?: Option[];
  initial?: Valued[];
  item?: Item[];
}

export interface Contained {
  resourceType: string;
  id?: string;
  expansion?: { contains?: Coding[] };
  compose?: { include?: { system?: string; concept?: (Coding & { designation?: Designation[] })[] }[] };
}

export interface Designation {
  language?: string;
  value: string;
}

export interface Questionnaire extends Extended {
  resourceType: "Questionnaire";
  url?: string;
  version?: string;
  title?: string;
  contained?: Contained[];
  item?: Item[];
}

export interface Answer extends Valued {
  item?: ResponseItem[];
}

export interface ResponseItem {
  linkId: string;
  text?: string;
  answer?: Answer[];
  item?: ResponseItem[];
}

export interface QuestionnaireResponse {
  resourceType: "QuestionnaireResponse";
  questionnaire?: string;
  status: string;
  item?: ResponseItem[];
  [other: string]: unknown;
}
