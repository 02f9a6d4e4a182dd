import assert from "node:assert/strict";
import { test } from "node:test";
import encodeQR from "qr";
import { Burst, cardText, looksLikeCard } from "../../src/scanner/burst.ts";
import { decoded } from "../../src/scanner/camera.ts";
import { cameraProblem } from "../../src/scanner/words.ts";

const CITIZEN = "036085000000||NGUYỄN VĂN A|01011985|Nam|Thôn 1, Xã Mẫu, Huyện Mẫu, Ninh Bình|20042022";
const INSURANCE = "DN4370000000000|4E475559E1BB844E2056C4824E2041|01/01/1985|1|-|37 - 001|01/01/2026|-|01/01/2026|37000|-|4|01/01/2026|00-0|4|-|$";

function type(text: string, pause: number): string | undefined {
  const burst = new Burst();
  let time = 0;
  let read: string | undefined;
  for (const key of [...text, "Enter"]) read = burst.key(key, (time += pause)) ?? read;
  return read;
}

test("keys of a scanner are a card", () => {
  assert.equal(type(CITIZEN, 5), CITIZEN);
  assert.equal(type(INSURANCE, 15), INSURANCE);
});

test("a stall of a busy machine does not break a scan", () => {
  const burst = new Burst();
  let time = 0;
  [...CITIZEN].forEach((key, n) => burst.key(key, (time += n % 20 === 19 ? 150 : 8)));

  assert.equal(burst.key("Enter", time + 8), CITIZEN);
});

test("keys of a person are not, nor is other fast text", () => {
  assert.equal(type(CITIZEN, 120), undefined);
  assert.equal(type("Nguyễn Văn A", 5), undefined);
});

test("Shift and other keys between letters do not end a scan", () => {
  const burst = new Burst();
  let time = 0;
  for (const key of CITIZEN) {
    burst.key("Shift", (time += 2));
    burst.key(key, (time += 2));
  }

  assert.equal(burst.key("Enter", time + 2), CITIZEN);
});

test("a scan after typing starts anew, and a second scan does not hold the first", () => {
  const burst = new Burst();
  burst.key("x", 0);
  let time = 1000;
  for (const key of CITIZEN) burst.key(key, (time += 5));
  assert.equal(burst.key("Enter", time + 5), CITIZEN);

  for (const key of INSURANCE) burst.key(key, (time += 5));
  assert.equal(burst.key("Enter", time + 5), INSURANCE);
});

test("pasted text is cut to the card's line and composed", () => {
  assert.equal(cardText(`\r\n${CITIZEN.normalize("NFD")}\r\nkhác`), CITIZEN);
  assert.equal(cardText("\u001d036|"), "036|");
  assert.equal(cardText("  "), "");
  assert.ok(looksLikeCard(CITIZEN) && looksLikeCard(INSURANCE));
  assert.ok(!looksLikeCard("036085000000"));
});

function picture(text: string, scale: number) {
  const modules = encodeQR(text, "raw", { border: 4 }) as boolean[][];
  const size = modules.length * scale;
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1)
      if (modules[Math.floor(y / scale)]![Math.floor(x / scale)]) data.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3);
  return { width: size, height: size, data };
}

test("a picture of a card's code is read with its Vietnamese letters", () => {
  assert.equal(decoded(picture(CITIZEN, 4)), CITIZEN);
  assert.equal(decoded(picture(INSURANCE, 4)), INSURANCE);
});

test("a picture without a code is nothing", () => {
  assert.equal(decoded({ width: 64, height: 64, data: new Uint8ClampedArray(64 * 64 * 4).fill(200) }), undefined);
});

test("each refusal of the camera has its own words", () => {
  assert.equal(cameraProblem("NotAllowedError"), "denied");
  assert.equal(cameraProblem("NotFoundError"), "missing");
  assert.equal(cameraProblem("NotReadableError"), "busy");
  assert.equal(cameraProblem("InsecureContext"), "insecure");
  assert.equal(cameraProblem("SomethingNew"), "failed");
});
