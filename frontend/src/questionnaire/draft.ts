/**
 * What was typed, kept in the browser tab until it is saved: a closed dialog, a lost session or a failed save loses
 * nothing. sessionStorage ends with the tab; a draft older than twelve hours is dropped.
 */

import type { Entry, Form, Instance, Node } from "./form.ts";

const LIFE = 12 * 3600_000;
const START = "ansinh-draft:";

interface Kept {
  time: number;
  version: string;
  levels: KeptNode[];
}

interface KeptNode {
  linkId: string;
  instances: { entry: Entry; children: KeptNode[] }[];
}

export class Draft {
  readonly #key: string;
  readonly #storage: Storage | undefined;

  constructor(key: string, storage: Storage | undefined = available()) {
    this.#key = START + key;
    this.#storage = storage;
  }

  keep(form: Form, time = Date.now()): void {
    const kept: Kept = { time, version: version(form), levels: form.nodes.map(packed) };
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // storage full or forbidden: the page itself still holds what was typed
    }
  }

  /** Puts a draft of the same questionnaire version back; the time it was kept, undefined when there is none. */
  restore(form: Form, now = Date.now()): number | undefined {
    const kept = this.#read();
    if (!kept || kept.version !== version(form) || now - kept.time > LIFE) {
      this.clear();
      return undefined;
    }
    unpack(form, form.nodes, kept.levels);
    form.enable();
    return kept.time;
  }

  clear(): void {
    this.#storage?.removeItem(this.#key);
  }

  #read(): Kept | undefined {
    try {
      return JSON.parse(this.#storage?.getItem(this.#key) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  }
}

function available(): Storage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

function version(form: Form): string {
  return `${form.questionnaire.url ?? ""}|${form.questionnaire.version ?? ""}`;
}

function packed(node: Node): KeptNode {
  const pack = ({ entry, children }: Instance) => ({ entry, children: children.map(packed) });
  return { linkId: node.item.linkId, instances: node.instances.map(pack) };
}

function unpack(form: Form, nodes: Node[], kept: KeptNode[]): void {
  for (const node of nodes) {
    const found = kept.find((other) => other.linkId === node.item.linkId);
    if (!found || node.item.readOnly) continue;
    while (node.instances.length < found.instances.length) form.add(node);
    node.instances.length = Math.max(1, found.instances.length);
    found.instances.forEach(({ entry, children }, n) => {
      const instance = node.instances[n]!;
      instance.entry = { ...instance.entry, ...entry };
      unpack(form, instance.children, children);
    });
  }
}
