/**
 * `<ansinh-card-scan src="/nguoi/the/">` inside a form: one field for the QR text of a citizen card or an insurance
 * card, from a scanner, by paste or by camera. The server reads the text ({fields, problems}); the form's inputs are
 * filled by name. An <input> written inside by the server is used as it is, so that without scripts the field posts.
 *
 * Attributes: `src` (where the text is posted as `qr`), `name` (of the field, default "qr").
 * Event `card-read` (bubbles): detail is {text, fields, problems}.
 */

import { Burst, cardText, looksLikeCard } from "./burst.ts";
import { scan } from "./camera.ts";
import { type Difference, type Fields, fill } from "./filling.ts";
import { cameraProblem, say } from "./words.ts";

interface Answer {
  fields?: Fields;
  problems?: (string | { message: string })[];
}

let made = 0;

export class CardScanElement extends HTMLElement {
  #field!: HTMLInputElement;
  #status!: HTMLElement;
  #problem!: HTMLElement;
  #differences!: HTMLElement;
  #dialog: HTMLDialogElement | undefined;
  #leave = new AbortController();
  #burst = new Burst();
  #typed: { field: HTMLInputElement | HTMLTextAreaElement; value: string } | undefined;
  #composed = false;

  connectedCallback(): void {
    this.#leave = new AbortController();
    if (!this.#field) this.#draw();
    const { signal } = this.#leave;
    this.#field.addEventListener("paste", (event) => this.#paste(event), { signal });
    this.#field.addEventListener("compositionstart", () => (this.#composed = true), { signal });
    this.#field.addEventListener("keydown", (event) => this.#enter(event), { signal });
    document.addEventListener("keydown", (event) => this.#elsewhere(event), { signal, capture: true });
  }

  disconnectedCallback(): void {
    this.#leave.abort();
    this.#dialog?.close();
  }

  /** Reads the text of a card and fills the form; what was wrong is shown at the field. */
  async read(text: string): Promise<void> {
    const card = cardText(text);
    this.#say("", "");
    if (card === "") return this.#say("", say("empty"));
    this.#field.value = card;
    if (this.#composed && !looksLikeCard(card)) {
      this.#composed = false;
      return this.#say("", say("composing"));
    }
    this.#say(say("reading"), "");
    const answer = await this.#ask(card);
    if (answer) this.#use(card, answer);
  }

  #draw(): void {
    const id = `card-scan-${(made += 1)}`;
    const given = this.querySelector("input");
    this.#field = given ?? this.#ownField(id);
    this.#field.autocomplete = "off";
    this.#field.spellcheck = false;
    this.#field.id ||= id;
    this.#problem = this.#make("span", "nhsuk-error-message", { id: `${this.#field.id}-problem`, role: "alert" });
    this.#problem.hidden = true;
    this.#status = this.#make("p", "nhsuk-hint", { role: "status" });
    this.#differences = this.#make("ul", "nhsuk-list");
    const buttons = this.#make("div", "as-card-scan__buttons");
    buttons.append(this.#button("read", () => void this.read(this.#field.value)), this.#button("camera", () => void this.#open()));
    this.#field.before(this.#problem);
    const described = [this.#field.getAttribute("aria-describedby"), this.#problem.id].filter(Boolean).join(" ");
    this.#field.setAttribute("aria-describedby", described);
    this.append(buttons, this.#status, this.#differences);
  }

  #ownField(id: string): HTMLInputElement {
    const label = this.#make("label", "nhsuk-label", { for: id });
    label.textContent = say("label");
    const hint = this.#make("div", "nhsuk-hint", { id: `${id}-hint` });
    hint.textContent = say("hint");
    const field = this.#make("input", "nhsuk-input", { id, type: "text", name: this.getAttribute("name") ?? "qr", "aria-describedby": hint.id });
    this.append(label, hint, field);
    return field;
  }

  #make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, attributes: Record<string, string> = {}): HTMLElementTagNameMap[K] {
    const element = document.createElement(tag);
    element.className = className;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  #button(words: "read" | "camera" | "close" | "replaceAll", act: () => void): HTMLButtonElement {
    const button = this.#make("button", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", { type: "button" });
    button.textContent = say(words);
    button.addEventListener("click", act);
    return button;
  }

  #paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text") ?? "";
    if (!looksLikeCard(text)) return;
    event.preventDefault();
    void this.read(text);
  }

  /** Enter in the field reads the card and does not send the whole form. */
  #enter(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing || this.#field.value.trim() === "") return;
    event.preventDefault();
    void this.read(this.#field.value);
  }

  /** A scan while the cursor stands in another field: that field gets back what it held. */
  #elsewhere(event: KeyboardEvent): void {
    const target = event.target;
    if (target === this.#field || event.ctrlKey || event.metaKey || event.altKey) return;
    const editable = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : undefined;
    const text = this.#burst.key(event.key, event.timeStamp);
    if (text !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      const held = this.#typed;
      if (held) held.field.value = held.value;
      this.#typed = undefined;
      void this.read(text);
    } else if (this.#burst.fresh) {
      this.#typed = editable && { field: editable, value: editable.value };
    }
  }

  async #ask(card: string): Promise<Answer | undefined> {
    const form = this.closest("form");
    const token = form?.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    try {
      const response = await fetch(this.getAttribute("src") ?? "", {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": token, "X-Requested-With": "fetch" },
        body: new URLSearchParams({ qr: card }),
        credentials: "same-origin",
      });
      const isJson = response.headers.get("content-type")?.includes("json") ?? false;
      if (isJson) return (await response.json()) as Answer;
      this.#say("", say(response.ok || response.status < 500 ? "unreadable" : "offline"));
    } catch {
      this.#say("", say("offline"));
    }
    return undefined;
  }

  #use(text: string, { fields = {}, problems = [] }: Answer): void {
    const form = this.closest("form");
    const filled = form ? fill(form, fields) : { count: 0, differences: [] };
    const messages = problems.map((problem) => (typeof problem === "string" ? problem : problem.message));
    const done = filled.count > 0 ? say("filled", { count: filled.count }) : messages.length > 0 ? "" : say("nothing");
    this.#say(done, messages.join(" "));
    if (messages.length === 0) this.#field.value = ""; // ready for the next card; a scanner would type behind it
    else this.#field.select();
    const rows = filled.differences.map((difference) => this.#difference(difference));
    if (rows.length > 1) rows.unshift(this.#all(filled.differences));
    this.#differences.replaceChildren(...rows);
    this.dispatchEvent(new CustomEvent("card-read", { bubbles: true, detail: { text, fields, problems } }));
  }

  #difference({ label, value, replace }: Difference): HTMLElement {
    const row = this.#make("li", "");
    const button = this.#make("button", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", { type: "button" });
    button.textContent = say("replace", { label, value });
    button.addEventListener("click", () => {
      replace();
      row.remove();
      this.#field.focus();
    });
    row.append(say("kept", { label }), " ", button);
    return row;
  }

  /** Typed values over a whole other person: one press takes everything from the card. */
  #all(differences: Difference[]): HTMLElement {
    const row = this.#make("li", "");
    row.append(
      this.#button("replaceAll", () => {
        for (const { replace } of differences) replace();
        this.#differences.replaceChildren();
        this.#field.focus();
      }),
    );
    return row;
  }

  async #open(): Promise<void> {
    this.#say("", "");
    const stop = new AbortController();
    const dialog = this.#make("dialog", "as-card-scan__camera", { "aria-label": say("cameraTitle") });
    const video = this.#make("video", "as-card-scan__video", { playsinline: "", muted: "" });
    const title = this.#make("p", "");
    title.textContent = say("cameraTitle");
    dialog.append(title, video, this.#button("close", () => dialog.close()));
    dialog.addEventListener("close", () => {
      stop.abort();
      dialog.remove();
      this.#dialog = undefined;
    });
    this.#dialog = dialog;
    this.append(dialog);
    dialog.showModal();
    try {
      const text = await scan(video, stop.signal);
      dialog.close();
      if (text) await this.read(text);
    } catch (error) {
      dialog.close();
      this.#say("", say(cameraProblem(error instanceof DOMException ? error.name : "")));
      this.#field.focus();
    }
  }

  #say(status: string, problem: string): void {
    this.#status.textContent = status;
    this.#problem.textContent = problem;
    this.#problem.hidden = problem === "";
    this.#field.classList.toggle("nhsuk-input--error", problem !== "");
    if (problem === "") this.#field.removeAttribute("aria-invalid");
    else this.#field.setAttribute("aria-invalid", "true");
    if (status === "") this.#differences.replaceChildren();
  }
}
