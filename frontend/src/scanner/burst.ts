/**
 * A keyboard-wedge scanner types a whole card in a fraction of a second and ends with Enter. This tells its keys from a
 * person's by their speed, wherever the cursor stands. Pure: keys and times in, card text out.
 */

/** Longest pause between two keys of a scanner, in milliseconds; people rarely stay under 50 for long. */
const PAUSE = 40;
/** Fields of a citizen card or an insurance card are separated by bars: six bars at least. */
const BARS = 6;

/** True for text that can be a card's QR: the server alone decides what it says. */
export function looksLikeCard(text: string): boolean {
  return (text.match(/\|/g) ?? []).length >= BARS;
}

/** One line, without the control characters that scanners add. */
export function cardText(text: string): string {
  return (text.split(/[\r\n]/).find((line) => line.trim() !== "") ?? "").replace(/[\u0000-\u001f\u007f]/g, "").trim().normalize("NFC");
}

export class Burst {
  #text = "";
  #last = -Infinity;

  /** True right after the first key of a possible scan. */
  get fresh(): boolean {
    return this.#text.length === 1;
  }

  /** The key just pressed and when; gives the card's text when Enter ends a scan. */
  key(key: string, time: number): string | undefined {
    if (time - this.#last > PAUSE) this.#text = "";
    this.#last = time;
    if (key === "Enter") {
      const text = this.#text;
      this.#text = "";
      return looksLikeCard(text) ? text : undefined;
    }
    if ([...key].length === 1) this.#text += key;
    return undefined;
  }
}
