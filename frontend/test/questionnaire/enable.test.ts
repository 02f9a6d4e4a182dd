import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isEnabled } from "../../src/questionnaire/enable.ts";
import type { EnableWhen, Item, ResponseItem } from "../../src/questionnaire/types.ts";

interface Case {
  name: string;
  when?: EnableWhen[];
  behavior?: "any" | "all";
  scopes: { defines: string[]; given: ResponseItem[] }[];
  asked: boolean;
}

// tests run from frontend/
const table = JSON.parse(readFileSync(join(process.cwd(), "../tests/spec/screening/enable_when.json"), "utf8")) as { cases: Case[] };

for (const { name, when, behavior, scopes, asked } of table.cases) {
  test(`enableWhen: ${name}`, () => {
    const item: Item = { linkId: "b", type: "string", ...(when && { enableWhen: when }), ...(behavior && { enableBehavior: behavior }) };

    assert.equal(isEnabled(item, scopes.map(({ defines, given }) => ({ defines: new Set(defines), given }))), asked);
  });
}

test("the table of cases is not empty", () => assert.ok(table.cases.length > 20));
