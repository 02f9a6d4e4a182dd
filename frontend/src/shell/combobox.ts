import { announce } from "./announcer.ts";

interface Option {
  code: string;
  display: string;
  detail?: string;
}

const WAIT = 180;
let made = 0;

/**
 * `<ansinh-combobox src="/…"><input …></ansinh-combobox>`: a text field with a list from `src?q=…`.
 *
 * Follows the ARIA combobox pattern: the focus stays in the field, arrows walk the list, Enter takes, Escape closes.
 * While an input method is composing (Telex, VNI) no key is taken and nothing is asked of the server. The field's
 * value is what is sent, "I10 – Tăng huyết áp"; without scripts the code is typed by hand.
 */
export class Combobox extends HTMLElement {
  private input!: HTMLInputElement;
  private list!: HTMLUListElement;
  private options: Option[] = [];
  private active = -1;
  private composing = false;
  private timer = 0;
  private asked = 0;

  connectedCallback(): void {
    const input = this.querySelector("input");
    if (!input || this.list) return;
    this.input = input;
    this.list = document.createElement("ul");
    this.list.id = `combobox-${++made}`;
    this.list.className = "as-combobox__list";
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.append(this.list);
    this.describe();
    this.listen();
  }

  private describe(): void {
    const label = this.input.labels?.[0]?.textContent?.trim() || this.input.getAttribute("aria-label") || "";
    this.list.setAttribute("aria-label", label);
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", this.list.id);
  }

  private listen(): void {
    this.input.addEventListener("compositionstart", () => (this.composing = true));
    this.input.addEventListener("compositionend", () => {
      this.composing = false;
      this.askSoon();
    });
    this.input.addEventListener("input", () => this.composing || this.askSoon());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (item) this.take([...this.list.children].indexOf(item));
    });
  }

  private askSoon(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), WAIT);
  }

  private async ask(): Promise<void> {
    const text = this.input.value.trim();
    const turn = ++this.asked;
    if (!text) return this.close();
    const url = new URL(this.getAttribute("src") ?? "", location.href);
    url.searchParams.set("q", text);
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      const body = response.ok ? ((await response.json()) as { results?: Option[] }) : {};
      if (turn === this.asked) this.show(body.results ?? []);
    } catch {
      if (turn === this.asked) this.close(); // no connection: the field goes on as plain text
    }
  }

  private show(options: Option[]): void {
    this.options = options;
    this.active = -1;
    this.list.replaceChildren(...options.map((option, index) => this.item(option, index)));
    const open = options.length > 0 && document.activeElement === this.input;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.input.removeAttribute("aria-activedescendant");
    announce(document.documentElement.lang === "en" ? `${options.length} results` : `${options.length} kết quả`);
  }

  private item(option: Option, index: number): HTMLLIElement {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.className = "as-combobox__option";
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const code = document.createElement("span");
    code.className = "as-combobox__code";
    code.textContent = option.code;
    const words = document.createElement("span");
    words.textContent = option.detail ? `${option.display} (${option.detail})` : option.display;
    item.append(code, " ", words);
    return item;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing || this.composing) return;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step && this.list.hidden) this.askSoon();
    else if (step) this.move(step);
    else if (event.key === "Enter" && !this.list.hidden && this.active >= 0) this.take(this.active);
    else if (event.key === "Escape" && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
  }

  private move(step: number): void {
    const count = this.options.length;
    this.active = (this.active + step + count + (this.active < 0 && step < 0 ? 1 : 0)) % count;
    [...this.list.children].forEach((item, index) => {
      item.setAttribute("aria-selected", String(index === this.active));
      if (index === this.active) item.scrollIntoView({ block: "nearest" });
    });
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
  }

  private take(index: number): void {
    const option = this.options[index];
    if (!option) return;
    this.input.value = `${option.code} – ${option.display}`;
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: option }));
  }

  private close(): void {
    clearTimeout(this.timer);
    this.asked++;
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

customElements.define("ansinh-combobox", Combobox);
