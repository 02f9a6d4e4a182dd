/**
 * Forms that a passkey fills in: `data-passkey="get|create"`, its options in `data-options` or asked of `data-begin`.
 * The answer goes into the hidden field `credential`; the form is then sent like any other.
 */

type Json = Record<string, unknown>;

const decode = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0)).buffer;

const encode = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

/** The options as the browser wants them: challenge and ids as bytes. */
export function withBytes(options: Json): Json {
  const ids = (list: unknown) => ((list as Json[] | undefined) ?? []).map((one) => ({ ...one, id: decode(one.id as string) }));
  const made: Json = { ...options, challenge: decode(options.challenge as string) };
  if (options.user) made.user = { ...(options.user as Json), id: decode((options.user as Json).id as string) };
  if (options.excludeCredentials) made.excludeCredentials = ids(options.excludeCredentials);
  if (options.allowCredentials) made.allowCredentials = ids(options.allowCredentials);
  return made;
}

/** What the authenticator answered, as JSON that the server reads (WebAuthn level 3, 5.1). */
export function asJson(credential: PublicKeyCredential): Json {
  const response = credential.response as unknown as Record<string, ArrayBuffer | null | undefined>;
  const parts: Json = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const bytes = response[name];
    if (bytes) parts[name] = encode(bytes);
  }
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    response: parts,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function optionsOf(form: HTMLFormElement): Promise<Json> {
  const begin = form.dataset.begin;
  if (!begin) return JSON.parse(form.dataset.options ?? "{}");
  const token = form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  const answer = await fetch(begin, { method: "POST", headers: { "X-CSRFToken": token }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function fill(form: HTMLFormElement): Promise<void> {
  const all = await optionsOf(form);
  const publicKey = withBytes((all.publicKey as Json | undefined) ?? all) as unknown;
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: publicKey as PublicKeyCredentialCreationOptions })
      : await navigator.credentials.get({ publicKey: publicKey as PublicKeyCredentialRequestOptions });
  if (!credential) throw new Error("none");
  const field = form.querySelector<HTMLInputElement>("[name=credential]");
  if (field) field.value = JSON.stringify(asJson(credential as PublicKeyCredential));
  form.submit();
}

function say(form: HTMLFormElement, text: string): void {
  const place = form.querySelector<HTMLElement>("[data-passkey-error]");
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}

/** Take over the sending of such forms. */
export function usePasskeys(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.dataset.passkey) return;
    event.preventDefault();
    say(form, "");
    fill(form).catch(() => say(form, form.dataset.failed ?? ""));
  });
}
