import assert from "node:assert/strict";
import { test } from "node:test";
import { sealer } from "../../src/drafts/sealing.ts";
import { Drafts, forgetAll } from "../../src/drafts/store.ts";
import { Shelf } from "../shelf.ts";

const MINE = btoa("m".repeat(32));
const THEIRS = btoa("t".repeat(32));
const DAY = 86_400_000;

const draft = (text: string, id = "d1", time = Date.now()) => ({ id, time, typed: [["note", text]] as [string, string][] });
const drafts = async (shelf: Shelf, key = MINE) => new Drafts((await sealer(key))!, shelf);

test("a draft is found again by the same account at the same place only", async () => {
  const shelf = new Shelf();
  const mine = await drafts(shelf);
  await mine.keep("/nguoi/1/kham/#0", () => draft("Đau đầu"));

  assert.deepEqual((await mine.find("/nguoi/1/kham/#0"))?.typed, [["note", "Đau đầu"]]);
  assert.equal(await mine.find("/nguoi/2/kham/#0"), undefined);
  assert.equal(await (await drafts(shelf, THEIRS)).find("/nguoi/1/kham/#0"), undefined);
});

test("nothing on the device can be read: neither the words nor whose they are", async () => {
  const shelf = new Shelf();
  await (await drafts(shelf)).keep("/nguoi/1/kham/#0", () => draft("Đau đầu"));

  const everything = JSON.stringify([...shelf.held]);
  for (const secret of ["Đau", "nguoi", "note", "d1"]) assert.ok(!everything.includes(secret), secret);
});

test("another key and a changed byte open nothing", async () => {
  const [mine, theirs] = [(await sealer(MINE))!, (await sealer(THEIRS))!];
  const sealed = await mine.seal("Đau đầu");

  assert.equal(await mine.open(sealed), "Đau đầu");
  assert.equal(await theirs.open(sealed), undefined);
  assert.equal(await mine.open(sealed.slice(0, -4) + "AAAA"), undefined);
  assert.equal(await mine.open("no draft"), undefined);
});

test("the same words are never sealed the same way twice", async () => {
  const mine = (await sealer(MINE))!;

  assert.notEqual(await mine.seal("Đau đầu"), await mine.seal("Đau đầu"));
});

test("what is typed while a draft is being sealed is in the draft that is kept", async () => {
  const mine = await drafts(new Shelf());
  let text = "Đ";
  const kept = mine.keep("/", () => draft(text));
  text = "Đau";
  await Promise.all([kept, mine.keep("/", () => draft(text))]);

  assert.equal((await mine.find("/"))?.typed[0]?.[1], "Đau");
});

test("what the node saved is forgotten, what it did not save stays", async () => {
  const mine = await drafts(new Shelf());
  await mine.keep("/a", () => draft("một", "d1"));
  await mine.keep("/b", () => draft("hai", "d2"));

  await mine.saved("d1");

  assert.equal(await mine.find("/a"), undefined);
  assert.ok(await mine.find("/b"));
});

test("drafts of another account are left alone by what is saved, and go at log-out", async () => {
  const shelf = new Shelf();
  await (await drafts(shelf, THEIRS)).keep("/a", () => draft("một", "d1"));
  await (await drafts(shelf)).saved("d1");
  shelf.setItem("theme", "dark");
  assert.equal(shelf.length, 2);

  forgetAll(shelf);

  assert.deepEqual([...shelf.held.keys()], ["theme"]);
});

test("a draft is forgotten after three days", async () => {
  const mine = await drafts(new Shelf());
  await mine.keep("/a", () => draft("một"));

  assert.ok(await mine.find("/a", Date.now() + 2 * DAY));
  assert.equal(await mine.find("/a", Date.now() + 4 * DAY), undefined);
});

test("a full device breaks nothing", async () => {
  const shelf = new Shelf();
  shelf.full = true;
  const mine = await drafts(shelf);

  await mine.keep("/a", () => draft("một"));

  assert.equal(await mine.find("/a"), undefined);
});

test("without a cipher, or without a key, nothing is kept at all", async () => {
  assert.equal(await sealer(""), undefined);
  assert.equal(await sealer(MINE, null as never), undefined);
});
