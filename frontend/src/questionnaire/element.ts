/**
 * `<ansinh-questionnaire name="response">` around `<script type="application/json">` with the Questionnaire, and more of
 * them for what there is: a QuestionnaireResponse to go on from, and the problems that the server found in it
 * ([{link, message}]). In light DOM, so that the page's style applies; inside an ordinary <form> it posts the
 * QuestionnaireResponse as the field `name`, with or without htmx. A form without a button gets one.
 *
 * Attributes: `name` (default "response"), `draft` (key of the kept draft; default: address of the form).
 * Event `answers-change` (bubbles): detail is the response so far.
 */

import { check } from "./check.ts";
import { h } from "./dom.ts";
import { Draft } from "./draft.ts";
import { Drawing } from "./drawing.ts";
import { Form, type Instance, safe } from "./form.ts";
import { type Language, languageOf, say } from "./language.ts";
import { total } from "./score.ts";
import { style } from "./style.ts";
import type { Questionnaire, QuestionnaireResponse } from "./types.ts";

interface Shown {
  id: string;
  /** In the list of all problems. */
  text: string;
  /** Beside the question. */
  remark: string;
}

export class QuestionnaireElement extends HTMLElement {
  #form: Form | undefined;
  #drawing: Drawing | undefined;
  #draft: Draft | undefined;
  #owner: HTMLFormElement | null = null;
  #leave = new AbortController();
  #language: Language = "vi";
  #answered = false;
  readonly #body = h("div", { class: "as-questionnaire" });
  readonly #summary = h("div", { class: "nhsuk-error-summary", tabindex: "-1", hidden: true });
  readonly #status = h("div", { class: "nhsuk-u-visually-hidden", role: "status" });
  readonly #score = h("p", { class: "as-score", role: "status", hidden: true });
  readonly #field = h("input", { type: "hidden" });

  connectedCallback(): void {
    style(document);
    this.#leave = new AbortController();
    this.#language = languageOf(this.closest("[lang]")?.getAttribute("lang") ?? document.documentElement.lang);
    this.#owner = this.closest("form");
    this.#field.name = this.getAttribute("name") ?? "response";
    if (!this.#form && !this.#load()) return;
    if (this.#owner) {
      this.#owner.noValidate = true;
      if (!this.#owner.querySelector("button:not([type=button]), input[type=submit]")) this.append(this.#button());
      this.#owner.addEventListener("submit", (event) => this.#submit(event), { capture: true, signal: this.#leave.signal });
    }
  }

  disconnectedCallback(): void {
    this.#leave.abort();
  }

  /** The answers given so far, as FHIR. */
  get response(): QuestionnaireResponse | undefined {
    return this.#form?.response();
  }

  /** Shows every problem and moves the focus to their list; true when there is none. */
  checkAnswers(): boolean {
    const [form, drawing] = [this.#form, this.#drawing];
    if (!form || !drawing) return false;
    const problems = check(form).map(({ id, item, message }) => ({
      id,
      text: drawing.sentence(item, message),
      remark: drawing.remark(message),
    }));
    this.#show(problems);
    return problems.length === 0;
  }

  /** The response is stored: the draft is no longer needed. */
  saved(): void {
    void this.#draft?.clear();
  }

  #load(): boolean {
    let definition: Questionnaire | undefined;
    let response: QuestionnaireResponse | undefined;
    try {
      definition = this.#json<Questionnaire>((found) => found?.resourceType === "Questionnaire");
      response = this.#json<QuestionnaireResponse>((found) => found?.resourceType === "QuestionnaireResponse");
    } catch {
      definition = undefined;
    }
    this.append(this.#summary, this.#status, this.#body, this.#score, this.#field);
    if (definition?.resourceType !== "Questionnaire") {
      this.#body.append(h("p", { class: "nhsuk-error-message", role: "alert" }, say(this.#language, "broken")));
      return false;
    }
    this.#draft = new Draft(this.getAttribute("draft") ?? new URL(this.#owner?.action || location.href, location.href).pathname);
    this.#open(definition, response);
    this.#showServerProblems();
    return true;
  }

  /** The first JSON script that is what is wanted. */
  #json<T>(wanted: (found: { resourceType?: string } | null) => boolean): T | undefined {
    const scripts = [...this.querySelectorAll('script[type="application/json"]')];
    const found = scripts.map((script) => JSON.parse(script.textContent?.trim() || "null") as T | null);
    return found.find((content) => wanted(content as { resourceType?: string } | null)) ?? undefined;
  }

  #open(definition: Questionnaire, response?: QuestionnaireResponse): void {
    this.#draw(new Form(definition, response, this.#field.name), definition);
    if (!response) void this.#restore(definition);
  }

  /** What was kept comes a moment after the questions; whoever has begun to answer by then keeps what is there. */
  async #restore(definition: Questionnaire): Promise<void> {
    const [shown, form] = [this.#form, new Form(definition, undefined, this.#field.name)];
    const time = await this.#draft?.restore(form);
    if (time && this.#form === shown && !this.#answered) this.#draw(form, definition, time);
  }

  #draw(form: Form, definition: Questionnaire, time?: number): void {
    this.#form = form;
    const changed = (instance: Instance) => this.#changed(instance);
    this.#drawing = new Drawing({ form, language: this.#language, changed }, (text) => (this.#status.textContent = text));
    this.#body.replaceChildren(...(time ? [this.#restored(time, definition)] : []), ...this.#drawing.draw());
    this.#write();
  }

  #button(): HTMLElement {
    return h("button", { class: "nhsuk-button", type: "submit" }, say(this.#language, "save"));
  }

  #restored(time: number, definition: Questionnaire): HTMLElement {
    const clock = new Date(time).toLocaleTimeString(this.#language, { hour: "2-digit", minute: "2-digit" });
    const button = h("button", { type: "button", class: "as-link-button" }, say(this.#language, "discard"));
    button.addEventListener("click", () => {
      void this.#draft?.clear();
      this.#draw(new Form(definition, undefined, this.#field.name), definition);
      this.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
    });
    return h("div", { class: "nhsuk-inset-text", role: "status" }, h("p", {}, say(this.#language, "restored", { time: clock })), button);
  }

  #changed(instance: Instance): void {
    this.#answered = true;
    this.#form?.enable();
    this.#drawing?.refresh();
    this.#drawing?.mark(instance.id, undefined);
    this.#write();
    if (this.#form) void this.#draft?.keep(this.#form);
    this.dispatchEvent(new CustomEvent("answers-change", { bubbles: true, detail: this.response }));
  }

  /** The hidden field and the total follow every change. */
  #write(): void {
    if (!this.#form) return;
    this.#field.value = JSON.stringify(this.#form.response());
    const sum = total(this.#form);
    this.#score.hidden = sum === undefined;
    const text = sum ? say(this.#language, sum.open > 0 ? "scoreOpen" : "score", { ...sum }) : "";
    if (this.#score.textContent !== text) this.#score.textContent = text;
  }

  #submit(event: Event): void {
    if (!this.checkAnswers()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    this.#write();
    if (this.#form) void this.#draft?.keep(this.#form);
  }

  #show(problems: Shown[]): void {
    this.#drawing?.clearMarks();
    this.#summary.hidden = problems.length === 0;
    if (problems.length === 0) return;
    for (const { id, remark } of problems) this.#drawing?.mark(id, remark);
    const links = problems.map(({ id, text }) => {
      const link = h("a", { href: `#${id}` }, text);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.#drawing?.focus(id);
      });
      return h("li", {}, link);
    });
    const heading = h("h2", { class: "nhsuk-error-summary__heading nhsuk-error-summary__title" }, say(this.#language, "summary", { count: problems.length }));
    const list = h("ul", { class: "nhsuk-list nhsuk-error-summary__list" }, ...links);
    this.#summary.replaceChildren(h("div", { role: "alert" }, heading, h("div", { class: "nhsuk-error-summary__body" }, list)));
    this.#summary.focus();
  }

  #showServerProblems(): void {
    const found = this.#json<{ link: string; message: string }[]>(Array.isArray) ?? [];
    const shown = found.map(({ link, message }) => ({ id: `${this.#field.name}-${safe(link)}`, text: message, remark: message }));
    if (shown.length > 0) this.#show(shown);
  }
}

/** `<ansinh-draft-done key="…">` on the page after a save: the draft of that form is dropped. */
export class DraftDone extends HTMLElement {
  connectedCallback(): void {
    void new Draft(this.getAttribute("key") ?? "").clear();
  }
}
