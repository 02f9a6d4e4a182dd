import { announce } from "../shell/announcer.ts";
import { DRAFT, differs, fill, typed } from "./fields.ts";
import { sealerOfPage } from "./sealing.ts";
import { type Draft, Drafts, forgetAll, storageOfDevice } from "./store.ts";

const COOKIE = "ansinh-da-luu";
// data-guard="offer": what was typed before is offered and not put back by itself.
const OFFER = "offer";

/**
 * Everything typed into a form marked `data-guard` is kept on this device, sealed, until the node says that it was
 * saved: a failed save, a lost connection, a session that ended and a closed tab lose nothing. Log-out forgets it all.
 *
 * Resolves to true where drafts are kept: leaving the page then needs no question.
 */
export async function keepDrafts(): Promise<boolean> {
  document.addEventListener("submit", forgetAtLogOut, true);
  const storage = storageOfDevice();
  const seal = storage ? await sealerOfPage() : undefined;
  if (!seal || !storage) return false;
  const drafts = new Drafts(seal, storage);
  await forgetSaved(drafts);
  const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-guard]")];
  await Promise.all(forms.map((form, n) => new Guarded(form, `${location.pathname}${location.search}#${n}`, drafts).begin()));
  document.documentElement.dataset["drafts"] = "kept";
  return true;
}

class Guarded {
  readonly #form: HTMLFormElement;
  readonly #place: string;
  readonly #drafts: Drafts;
  #id = "";

  constructor(form: HTMLFormElement, place: string, drafts: Drafts) {
    [this.#form, this.#place, this.#drafts] = [form, place, drafts];
  }

  async begin(): Promise<void> {
    const kept = await this.#drafts.find(this.#place);
    // A form that came back with its problems holds what was typed already, and newer hidden values.
    const back = kept && !("posted" in document.body.dataset) && differs(this.#form, kept.typed) ? kept : undefined;
    const offered = back && this.#form.dataset["guard"] === OFFER;
    this.#id = kept && !offered ? kept.id : crypto.randomUUID();
    this.#carry();
    if (back && offered) this.#offer(back);
    else if (back) this.#restore(back);
    for (const name of ["input", "change"]) this.#form.addEventListener(name, () => this.#keep());
    this.#form.addEventListener("submit", (event) => this.#onSubmit(event));
  }

  #keep(): void {
    void this.#drafts.keep(this.#place, () => ({ id: this.#id, time: Date.now(), typed: typed(this.#form) }));
  }

  /** The id goes with the form, so that the node can say what was saved. */
  #carry(id = this.#id): void {
    this.#id = id;
    const field = this.#form.querySelector<HTMLInputElement>(`input[name="${DRAFT}"]`) ?? document.createElement("input");
    field.type = "hidden";
    field.name = DRAFT;
    field.value = id;
    this.#form.append(field);
  }

  #onSubmit(event: SubmitEvent): void {
    this.#keep();
    if (navigator.onLine) return;
    event.preventDefault();
    announce(words("offline"));
    this.#notice(words("offline"), "warn");
  }

  #restore(kept: Draft): void {
    fill(this.#form, kept.typed, addRow);
    const drop = button("discard", async () => {
      await this.#drafts.remove(this.#place);
      location.reload();
    });
    this.#tell("restored", kept.time, drop);
  }

  /** A form that is about somebody new each time is left empty: the words may be of another person. */
  #offer(kept: Draft): void {
    const take = button("take", () => {
      this.#carry(kept.id);
      this.#restore(kept);
      this.#keep();
    });
    const drop = button("discard", async () => {
      await this.#drafts.saved(kept.id);
      this.#form.querySelector(":scope > .as-draft")?.remove();
    });
    this.#tell("offered", kept.time, take, drop);
  }

  #tell(sentence: string, time: number, ...more: HTMLElement[]): void {
    const clock = new Date(time).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    const text = words(sentence).replace("{at}", clock);
    this.#notice(text, "info", ...more);
    announce(text);
  }

  #notice(text: string, tone: string, ...more: HTMLElement[]): void {
    this.#form.querySelector(":scope > .as-draft")?.remove();
    const box = document.createElement("div");
    box.className = `as-draft as-draft--${tone}`;
    const line = document.createElement("span");
    line.textContent = text;
    box.append(line, ...more);
    this.#form.prepend(box);
  }
}

function button(name: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "as-linklike";
  made.textContent = words(name);
  made.addEventListener("click", act);
  return made;
}

/** A list that grows has a button beside it; pressing it makes the row that the draft needs. */
function addRow(field: Element): void {
  field.closest("[data-repeat]")?.querySelector<HTMLElement>("[data-repeat-add]")?.click();
}

async function forgetSaved(drafts: Drafts): Promise<void> {
  const id = document.cookie.split("; ").find((one) => one.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
  if (!id) return;
  await drafts.saved(id);
  document.cookie = `${COOKIE}=; Max-Age=0; Path=/; SameSite=Lax`;
}

function forgetAtLogOut(event: SubmitEvent): void {
  const storage = storageOfDevice();
  if (storage && (event.target as Element).matches("form[data-log-out]")) forgetAll(storage);
}

function words(name: string): string {
  return document.getElementById("announcer")?.dataset[name] ?? "";
}
