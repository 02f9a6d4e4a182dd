/**
 * Words on the device that only the account that typed them can read: AES-GCM with a key that the node gives a page
 * while somebody is logged in. Without a secure context (plain HTTP to another machine) there is no cipher, and nothing
 * is kept.
 */

export interface Sealer {
  seal(text: string): Promise<string>;
  /** undefined for what another account sealed, or what was tampered with. */
  open(sealed: string): Promise<string | undefined>;
  /** A name that tells nothing of what it names. */
  name(text: string): Promise<string>;
}

const IV = 12;

/** key: 32 bytes in base64. undefined where the browser offers no cipher. */
export async function sealer(key: string, subtle = globalThis.crypto?.subtle): Promise<Sealer | undefined> {
  if (!subtle || !key) return undefined;
  const raw = bytes(key);
  const cipher = await subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  const names = await subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return {
    async seal(text) {
      const iv = crypto.getRandomValues(new Uint8Array(IV));
      const sealed = await subtle.encrypt({ name: "AES-GCM", iv }, cipher, new TextEncoder().encode(text));
      return `${base64(iv)}.${base64(new Uint8Array(sealed))}`;
    },
    async open(sealed) {
      try {
        const [iv, body] = sealed.split(".").map(bytes);
        return new TextDecoder().decode(await subtle.decrypt({ name: "AES-GCM", iv: iv! }, cipher, body!));
      } catch {
        return undefined;
      }
    },
    async name(text) {
      const signed = await subtle.sign("HMAC", names, new TextEncoder().encode(text));
      return base64(new Uint8Array(signed)).slice(0, 27);
    },
  };
}

/** The sealer of the account that the page was given to. */
export function sealerOfPage(): Promise<Sealer | undefined> {
  return sealer(document.querySelector<HTMLMetaElement>('meta[name="draft-key"]')?.content ?? "");
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function base64(data: Uint8Array): string {
  return btoa(String.fromCharCode(...data));
}
