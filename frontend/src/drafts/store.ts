import type { Sealer } from "./sealing.ts";

/** What was typed into one form: pairs of name and value, in the order of the page. */
export type Typed = [string, string][];

/** id goes with the form, so that the node can say that just this was saved. time: milliseconds since 1970. */
export interface Kept {
  id: string;
  time: number;
}

export interface Draft extends Kept {
  typed: Typed;
}

export const START = "ansinh-giu:";
const LIFE = 3 * 86_400_000;

/** Drafts of one account on this device, sealed. Writing never fails: a full storage keeps what the page holds. */
export class Drafts<T extends Kept = Draft> {
  readonly #sealer: Sealer;
  readonly #storage: Storage;
  readonly #writing = new Map<string, Promise<void>>();

  constructor(sealer: Sealer, storage: Storage) {
    this.#sealer = sealer;
    this.#storage = storage;
  }

  /** Keeps the newest state of a place; calls that come while one is being sealed are joined into one. */
  keep(place: string, draft: () => T): Promise<void> {
    const waiting = this.#writing.get(place);
    if (waiting) return waiting;
    const write = Promise.resolve().then(async () => {
      this.#writing.delete(place);
      const sealed = await this.#sealer.seal(JSON.stringify(draft()));
      const name = await this.#name(place);
      try {
        this.#storage.setItem(name, sealed);
      } catch {
        // full or forbidden: the page itself still holds what was typed
      }
    });
    this.#writing.set(place, write);
    return write;
  }

  async find(place: string, now = Date.now()): Promise<T | undefined> {
    const name = await this.#name(place);
    const sealed = this.#storage.getItem(name);
    if (!sealed) return undefined;
    const text = await this.#sealer.open(sealed);
    const draft = text === undefined ? undefined : (JSON.parse(text) as T);
    if (draft && now - draft.time <= LIFE) return draft;
    this.#storage.removeItem(name);
    return undefined;
  }

  async remove(place: string): Promise<void> {
    await this.#writing.get(place);
    this.#storage.removeItem(await this.#name(place));
  }

  /** Forgets the draft that the node says it saved, and whatever is too old, and what cannot be read any more. */
  async saved(id: string, now = Date.now()): Promise<void> {
    for (const name of names(this.#storage)) {
      const text = await this.#sealer.open(this.#storage.getItem(name) ?? "");
      const draft = text === undefined ? undefined : (JSON.parse(text) as Kept);
      if (draft && (draft.id === id || now - draft.time > LIFE)) this.#storage.removeItem(name);
    }
  }

  async #name(place: string): Promise<string> {
    return START + (await this.#sealer.name(place));
  }
}

/** Forgets every draft on this device, of whoever: at log-out. */
export function forgetAll(storage: Storage): void {
  for (const name of names(storage)) storage.removeItem(name);
}

/** The storage of this device; undefined where the browser forbids it. */
export function storageOfDevice(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

function names(storage: Storage): string[] {
  return Array.from({ length: storage.length }, (_, n) => storage.key(n) ?? "").filter((name) => name.startsWith(START));
}
