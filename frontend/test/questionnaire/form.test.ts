import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../src/questionnaire/check.ts";
import { sealer } from "../../src/drafts/sealing.ts";
import { Drafts } from "../../src/drafts/store.ts";
import { Draft } from "../../src/questionnaire/draft.ts";
import { Form, type Instance, type Node } from "../../src/questionnaire/form.ts";
import { total } from "../../src/questionnaire/score.ts";
import type { Item, QuestionnaireResponse } from "../../src/questionnaire/types.ts";
import { Shelf } from "../shelf.ts";
import { coding, extension, option, questionnaire, response, scored } from "./sample.ts";

const first = (nodes: Node[], n = 0): Instance => nodes[n]!.instances[0]!;
const type = (form: Form, n: number, text: string, extra: object = {}) => Object.assign(first(form.nodes, n).entry, { text, ...extra });
const sentences = (form: Form) => check(form).map((problem) => `${problem.item.linkId}:${problem.message.sentence}`);

const round = (item: Item, given: QuestionnaireResponse) =>
  test(`${item.type}${item.repeats ? " that repeats" : ""} comes back as it was given`, () => {
    const form = new Form(questionnaire(item), given);

    assert.deepEqual(form.response(), given);
    assert.deepEqual(check(form), []);
  });

round({ linkId: "a", type: "boolean" }, response({ linkId: "a", answer: [{ valueBoolean: false }] }));
round({ linkId: "a", type: "decimal" }, response({ linkId: "a", answer: [{ valueDecimal: 36.5 }] }));
round({ linkId: "a", type: "integer", repeats: true }, response({ linkId: "a", answer: [{ valueInteger: 1 }, { valueInteger: 2 }] }));
round({ linkId: "a", type: "date" }, response({ linkId: "a", answer: [{ valueDate: "1948-03" }] }));
round({ linkId: "a", type: "dateTime" }, response({ linkId: "a", answer: [{ valueDateTime: "2025-03-27T14:30:00+07:00" }] }));
round({ linkId: "a", type: "time" }, response({ linkId: "a", answer: [{ valueTime: "14:30:00" }] }));
round({ linkId: "a", type: "string" }, response({ linkId: "a", answer: [{ valueString: "H'Ly" }] }));
round({ linkId: "a", type: "text" }, response({ linkId: "a", answer: [{ valueString: "hai\ndòng" }] }));
round({ linkId: "a", type: "url" }, response({ linkId: "a", answer: [{ valueUri: "https://vidu.vn" }] }));
round({ linkId: "a", type: "choice", answerOption: [option("1"), option("2")] }, response({ linkId: "a", answer: [coding("2")] }));
round({ linkId: "a", type: "choice", repeats: true, answerOption: [option("1"), option("2")] }, response({ linkId: "a", answer: [coding("1"), coding("2")] }));
round({ linkId: "a", type: "open-choice", answerOption: [option("1")] }, response({ linkId: "a", answer: [{ valueString: "khác hẳn" }] }));
round(
  { linkId: "a", type: "quantity", extension: [extension("questionnaire-unit", { valueCoding: { system: "http://unitsofmeasure.org", code: "kg", display: "kg" } })] },
  response({ linkId: "a", answer: [{ valueQuantity: { value: 52.5, unit: "kg", system: "http://unitsofmeasure.org", code: "kg" } }] }),
);
round(
  { linkId: "g", type: "group", repeats: true, item: [{ linkId: "a", type: "string" }, { linkId: "b", type: "integer" }] },
  response(
    { linkId: "g", item: [{ linkId: "a", answer: [{ valueString: "x" }] }] },
    { linkId: "g", item: [{ linkId: "a", answer: [{ valueString: "y" }] }, { linkId: "b", answer: [{ valueInteger: 2 }] }] },
  ),
);
round(
  { linkId: "a", type: "boolean", item: [{ linkId: "b", type: "string" }] },
  response({ linkId: "a", answer: [{ valueBoolean: true, item: [{ linkId: "b", answer: [{ valueString: "vì sao" }] }] }] }),
);

test("other elements of a given response are kept", () => {
  const given = { ...response({ linkId: "a", answer: [{ valueString: "x" }] }), subject: { reference: "Patient/1" } };

  assert.deepEqual(new Form(questionnaire({ linkId: "a", type: "string" }), given).response(), given);
});

test("a question that is switched off gives no answer, and gets it back when asked again", () => {
  const form = new Form(questionnaire(
    { linkId: "a", type: "boolean" },
    { linkId: "b", type: "string", required: true, enableWhen: [{ question: "a", operator: "=", answerBoolean: true }] },
  ));
  type(form, 0, "true");
  form.enable();
  type(form, 1, "vì đau");
  const on = form.response();
  type(form, 0, "false");
  form.enable();
  const off = form.response();
  type(form, 0, "true");
  form.enable();

  assert.equal(on.item?.length, 2);
  assert.deepEqual(off.item?.map((item) => item.linkId), ["a"]);
  assert.deepEqual(check(form), []);
  assert.deepEqual(form.response(), on);
});

test("a chain of conditions is followed to its end", () => {
  const form = new Form(questionnaire(
    { linkId: "c", type: "string", enableWhen: [{ question: "b", operator: "exists", answerBoolean: true }] },
    { linkId: "b", type: "string", enableWhen: [{ question: "a", operator: "=", answerBoolean: true }] },
    { linkId: "a", type: "boolean" },
  ));
  type(form, 1, "có");
  type(form, 2, "true");
  form.enable();
  assert.deepEqual(form.nodes.map((node) => node.enabled), [true, true, true]);

  type(form, 2, "false");
  form.enable();
  assert.deepEqual(form.nodes.map((node) => node.enabled), [false, false, true]);
});

test("conditions look inside their own repetition", () => {
  const form = new Form(questionnaire({
    linkId: "g", type: "group", repeats: true,
    item: [{ linkId: "a", type: "boolean" }, { linkId: "b", type: "string", enableWhen: [{ question: "a", operator: "=", answerBoolean: true }] }],
  }));
  const group = form.nodes[0]!;
  form.add(group);
  first(group.instances[1]!.children).entry.text = "true";
  form.enable();

  assert.deepEqual(group.instances.map((instance) => instance.children[1]!.enabled), [false, true]);
});

test("ids follow the linkId, and repetitions have their own", () => {
  const form = new Form(questionnaire({ linkId: "phq9.1", type: "integer", repeats: true }), undefined, "response");
  const added = form.add(form.nodes[0]!);

  assert.equal(first(form.nodes).id, "response-phq9.1");
  assert.notEqual(added.id, first(form.nodes).id);
});

test("removing the last repetition leaves an empty one", () => {
  const form = new Form(questionnaire({ linkId: "a", type: "string", repeats: true }), response({ linkId: "a", answer: [{ valueString: "x" }] }));
  form.remove(first(form.nodes));

  assert.equal(form.nodes[0]!.instances.length, 1);
  assert.equal(form.response().item, undefined);
});

test("initial values and selected options are there at the start, not when a response is given", () => {
  const q = questionnaire(
    { linkId: "a", type: "integer", initial: [{ valueInteger: 5 }] },
    { linkId: "b", type: "choice", answerOption: [option("1"), { ...option("2"), initialSelected: true }] },
  );

  assert.deepEqual(new Form(q).response().item?.map((item) => item.answer), [[{ valueInteger: 5 }], [coding("2")]]);
  assert.equal(new Form(q, response({ linkId: "a", answer: [{ valueInteger: 7 }] })).response().item?.length, 1);
});

const problem = (name: string, item: Item, text: string, expected: string, extra: object = {}) =>
  test(`${name} is refused`, () => {
    const form = new Form(questionnaire(item));
    type(form, 0, text, extra);

    assert.deepEqual(sentences(form), [expected]);
    assert.equal(first(form.nodes).entry.text, text);
  });

problem("nothing for a required question", { linkId: "a", type: "string", required: true }, "", "a:required");
problem("spaces for a required question", { linkId: "a", type: "string", required: true }, "   ", "a:required");
problem("no choice for a required choice", { linkId: "a", type: "choice", required: true, answerOption: [option("1")] }, "", "a:required");
problem("a day that does not exist", { linkId: "a", type: "date", required: true }, "31/02/2025", "a:date");
problem("a time without a day", { linkId: "a", type: "dateTime" }, "", "a:dateTime", { time: "14:30" });
problem("a number below its minimum", { linkId: "a", type: "decimal", extension: [extension("minValue", { valueDecimal: 30 })] }, "29,9", "a:minValue");
problem("a number above its maximum", { linkId: "a", type: "integer", extension: [extension("maxValue", { valueInteger: 45 })] }, "46", "a:maxValue");
problem("a date after its maximum", { linkId: "a", type: "date", extension: [extension("maxValue", { valueDate: "2025-12-31" })] }, "01/01/2026", "a:maxValue");
problem("too long a text", { linkId: "a", type: "string", maxLength: 3 }, "bốn chữ", "a:maxLength");
problem("too short a text", { linkId: "a", type: "string", extension: [extension("minLength", { valueInteger: 3 })] }, "ab", "a:minLength");
problem("a text of another form", { linkId: "a", type: "string", extension: [extension("regex", { valueString: "[0-9]{12}" })] }, "123", "a:regex");
problem("a text of another form than shown", { linkId: "a", type: "string", extension: [extension("regex", { valueString: "[0-9]{12}" }), extension("entryFormat", { valueString: "12 chữ số" })] }, "123", "a:regexFormat");
problem("an empty other answer", { linkId: "a", type: "open-choice", answerOption: [option("1")] }, "", "a:otherText", { other: " " });
problem("text that is no option", { linkId: "a", type: "choice", answerOption: [option("1")] }, "lạ", "a:option");
problem("fewer than minOccurs", { linkId: "a", type: "string", repeats: true, extension: [extension("questionnaire-minOccurs", { valueInteger: 2 })] }, "một", "a:minOccurs");

test("every open question is listed, in reading order", () => {
  const form = new Form(questionnaire(
    { linkId: "g", type: "group", required: true, item: [{ linkId: "a", type: "string", required: true }, { linkId: "b", type: "string", required: true }] },
    { linkId: "c", type: "boolean", required: true },
  ));

  assert.deepEqual(sentences(form), ["a:required", "b:required", "c:required"]);
});

test("a required group without required questions needs one answer", () => {
  const form = new Form(questionnaire({ linkId: "g", type: "group", required: true, item: [{ linkId: "a", type: "string" }] }));

  assert.deepEqual(sentences(form), ["g:required"]);
});

test("an empty repetition of a group asks nothing", () => {
  const form = new Form(questionnaire({ linkId: "g", type: "group", repeats: true, item: [{ linkId: "a", type: "string", required: true }] }));

  assert.deepEqual(sentences(form), []);
});

test("the total counts what is asked, and how much is open", () => {
  const q = { ...questionnaire(
    { linkId: "a", type: "choice", answerOption: [option("0", 0), option("3", 3)] },
    { linkId: "b", type: "choice", answerOption: [option("0", 0), option("3", 3)], enableWhen: [{ question: "a", operator: "!=", answerCoding: { system: "https://example.org/s", code: "0" } }] },
  ), extension: [scored(6)] };
  const form = new Form(q);
  assert.deepEqual(total(form), { score: 0, maximum: 6, open: 1 });

  first(form.nodes).entry.chosen = [1];
  form.enable();
  assert.deepEqual(total(form), { score: 3, maximum: 6, open: 1 });

  first(form.nodes).entry.chosen = [0];
  form.enable();
  assert.deepEqual(total(form), { score: 0, maximum: 6, open: 0 });
  assert.equal(total(new Form(questionnaire())), undefined);
});

const DRAFTED = questionnaire(
  { linkId: "a", type: "date" },
  { linkId: "g", type: "group", repeats: true, item: [{ linkId: "b", type: "string" }] },
);

const KEY = btoa("k".repeat(32));

function draftOf(key: string, shelf: Shelf): Draft {
  return new Draft(key, sealer(KEY).then((seal) => new Drafts(seal!, shelf)));
}

test("a draft brings back what was typed, also what is not yet a value", async () => {
  const shelf = new Shelf();
  const form = new Form(DRAFTED);
  type(form, 0, "32/13/2025");
  form.add(form.nodes[1]!);
  first(form.nodes[1]!.instances[1]!.children).entry.text = "hai";
  await draftOf("/x/", shelf).keep(form, 1000);

  const again = new Form(DRAFTED);
  assert.equal(await draftOf("/x/", shelf).restore(again, 2000), 1000);
  assert.equal(first(again.nodes).entry.text, "32/13/2025");
  assert.deepEqual(again.response().item, form.response().item);
});

test("answers on the device cannot be read", async () => {
  const shelf = new Shelf();
  const form = new Form(DRAFTED);
  type(form, 0, "27/03/2025");
  await draftOf("/x/", shelf).keep(form);

  const everything = JSON.stringify([...shelf.held]);
  for (const secret of ["27/03", "linkId", "/x/"]) assert.ok(!everything.includes(secret), secret);
  assert.equal(shelf.length, 1);
});

test("a draft of another form, version or week is not used", async () => {
  const shelf = new Shelf();
  const form = new Form(DRAFTED);
  type(form, 0, "27/03/2025");
  const draft = draftOf("/x/", shelf);

  await draft.keep(form, 1000);
  assert.equal(await draftOf("/y/", shelf).restore(new Form(DRAFTED), 2000), undefined);
  assert.equal(await draft.restore(new Form({ ...DRAFTED, version: "2" }), 2000), undefined);
  await draft.keep(form, 1000);
  assert.equal(await draft.restore(new Form(DRAFTED), 1000 + 7 * 86_400_000), undefined);
  await draft.keep(form, 1000);
  await draft.clear();
  assert.equal(await draft.restore(new Form(DRAFTED), 2000), undefined);
});

test("where the browser has no cipher nothing is kept and nothing breaks", async () => {
  const draft = new Draft("/x/", Promise.resolve(undefined));
  const form = new Form(DRAFTED);

  await draft.keep(form, 1000);
  assert.equal(await draft.restore(new Form(DRAFTED), 2000), undefined);
  await draft.clear();
});
