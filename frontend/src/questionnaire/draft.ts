/**
 * Answers kept on the device, sealed like those of every form (`drafts`), until they are saved: a closed dialog, a lost
 * session or a failed save loses nothing. Log-out forgets them.
 */

import { sealerOfPage } from "../drafts/sealing.ts";
import { Drafts, type Kept, storageOfDevice } from "../drafts/store.ts";
import type { Entry, Form, Instance, Node } from "./form.ts";

const PLACE = "questionnaire:";

interface Answers extends Kept {
  version: string;
  levels: KeptNode[];
}

interface KeptNode {
  linkId: string;
  instances: { entry: Entry; children: KeptNode[] }[];
}

/** The draft of one questionnaire; without a cipher or a storage nothing is kept and nothing found. */
export class Draft {
  readonly #place: string;
  readonly #drafts: Promise<Drafts<Answers> | undefined>;

  constructor(key: string, drafts: Promise<Drafts<Answers> | undefined> = ofPage()) {
    [this.#place, this.#drafts] = [PLACE + key, drafts];
  }

  async keep(form: Form, time = Date.now()): Promise<void> {
    const state = () => ({ id: this.#place, time, version: version(form), levels: form.nodes.map(packed) });
    await (await this.#drafts)?.keep(this.#place, state);
  }

  /** Puts a draft of the same questionnaire version back; the time it was kept, undefined when there is none. */
  async restore(form: Form, now = Date.now()): Promise<number | undefined> {
    const kept = await (await this.#drafts)?.find(this.#place, now);
    if (!kept) return undefined;
    if (kept.version !== version(form)) {
      await this.clear();
      return undefined;
    }
    unpack(form, form.nodes, kept.levels);
    form.enable();
    return kept.time;
  }

  async clear(): Promise<void> {
    await (await this.#drafts)?.remove(this.#place);
  }
}

async function ofPage(): Promise<Drafts<Answers> | undefined> {
  const [storage, seal] = [storageOfDevice(), await sealerOfPage()];
  return storage && seal ? new Drafts<Answers>(seal, storage) : undefined;
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
