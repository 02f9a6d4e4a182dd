/**
 * A keyboard-wedge scanner types a whole card in a fraction of a second and ends with Enter. This tells its keys from a
 * person's by their speed, wherever the cursor stands. Pure: keys and times in, card text out.
 */

/** A pause that ends a scan, in milliseconds: a busy machine may stall a scanner this long, rarely longer. */
const PAUSE = 200;
/** Mean time between two keys of a scanner; people stay far above over the length of a card. */
const MEAN = 50;
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
  #start = 0;
  #last = -Infinity;

  /** True right after the first key of a possible scan. */
  get fresh(): boolean {
    return this.#text.length === 1;
  }

  /** The key just pressed and when; gives the card's text when Enter ends a scan. */
  key(key: string, time: number): string | undefined {
    if (time - this.#last > PAUSE) this.#text = "";
    this.#last = time;
    if (key === "Enter") return this.#end(time);
    if ([...key].length !== 1) return undefined;
    if (this.#text === "") this.#start = time;
    this.#text += key;
    return undefined;
  }

  #end(time: number): string | undefined {
    const text = this.#text;
    this.#text = "";
    return looksLikeCard(text) && (time - this.#start) / text.length < MEAN ? text : undefined;
  }
}
