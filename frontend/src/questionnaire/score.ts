/** The running total that the form shows. The server counts again and believes only itself. */

import { ordinal, scoreRange } from "./extensions.ts";
import { asked, type Form, isChoice } from "./form.ts";

export interface Total {
  score: number;
  maximum: number;
  /** Scored questions that are asked and not yet answered. */
  open: number;
}

/** Undefined when the questionnaire defines no total. */
export function total(form: Form): Total | undefined {
  const range = scoreRange(form.questionnaire);
  if (!range) return undefined;
  let score = 0;
  let open = 0;
  for (const { node, entry } of asked(form.nodes)) {
    const points = form.options(node.item).map(ordinal);
    if (!isChoice(node.item) || points.every((point) => point === undefined)) continue;
    if (entry.chosen.length === 0) open += 1;
    for (const index of entry.chosen) score += points[index] ?? 0;
  }
  return { score, maximum: range.maximum, open };
}
