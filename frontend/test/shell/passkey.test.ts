import assert from "node:assert/strict";
import { test } from "node:test";
import { asJson, withBytes } from "../../src/shell/passkey.ts";

const bytes = (...values: number[]) => new Uint8Array(values).buffer;
const read = (value: unknown) => [...new Uint8Array(value as ArrayBuffer)];

test("options reach the browser as bytes, whatever letters base64url uses", () => {
  const made = withBytes({
    challenge: "-_8",
    user: { id: "Mg", name: "lan" },
    excludeCredentials: [{ type: "public-key", id: "AAEC" }],
    timeout: 60000,
  });

  assert.deepEqual(read(made.challenge), [251, 255]);
  assert.deepEqual(read((made.user as { id: unknown }).id), [50]);
  assert.equal((made.user as { name: string }).name, "lan");
  assert.deepEqual(read((made.excludeCredentials as { id: unknown }[])[0].id), [0, 1, 2]);
  assert.equal(made.timeout, 60000);
  assert.equal("allowCredentials" in made, false);
});

test("an answer goes back as JSON without what the device left out", () => {
  const credential = {
    id: "AAEC",
    rawId: bytes(0, 1, 2),
    type: "public-key",
    response: { clientDataJSON: bytes(123, 125), signature: bytes(251, 255), userHandle: null },
    getClientExtensionResults: () => ({ credProps: { rk: true } }),
  } as unknown as PublicKeyCredential;

  assert.deepEqual(asJson(credential), {
    id: "AAEC",
    rawId: "AAEC",
    type: "public-key",
    response: { clientDataJSON: "e30", signature: "-_8" },
    clientExtensionResults: { credProps: { rk: true } },
  });
});
