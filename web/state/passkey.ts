/**
 * Passkeys that give a key (WebAuthn with the PRF extension): the same 32 bytes for the same salt each time, after the device has made sure who
 * holds it. The page passes them on and keeps nothing. docs/protocol.md section 18.1
 */
import { shallowRef } from "vue"
import type { PasskeyAnswer } from "../engine/protocol.ts"
import type { Ways } from "../../messenger/vault/vault-state.ts"

type Passkey = NonNullable<Ways["passkey"]>
export type PasskeyProblem = "refused" | "unfit" | "unanswered"
export type PasskeyOutcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: PasskeyProblem }

const SALT = 32
const KEY = 32
const TIME = 120_000
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const own = (bytes: Uint8Array) => new Uint8Array(bytes)

/** Where the browser says that it can. Others would make passkeys that keep no key, and say so only afterwards. */
export const canUsePasskeys = shallowRef(false)

export async function lookForPasskeys(): Promise<void> {
  const capabilities = await globalThis.PublicKeyCredential?.getClientCapabilities?.().catch(() => null)
  canUsePasskeys.value = capabilities?.["extension:prf"] === true
}

/** A new passkey of this site. Nothing of the profile is told to whoever keeps it. */
export async function makePasskey(): Promise<PasskeyOutcome<PasskeyAnswer>> {
  const salt = random(SALT)
  const made = await asked(
    navigator.credentials.create({
      publicKey: {
        rp: { name: "Sotto" },
        user: { id: random(16), name: "Sotto", displayName: "Sotto" },
        challenge: random(32),
        pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        extensions: { prf: { eval: { first: salt } } },
        timeout: TIME,
      },
    }),
  )
  if (made === null) return { ok: false, problem: "refused" }
  const credential = new Uint8Array(made.rawId)
  const { prf } = made.getClientExtensionResults()
  const key = keyIn(prf?.results?.first)
  if (key !== null) return { ok: true, value: { credential, salt, key } }
  if (prf?.enabled !== true) return { ok: false, problem: "unfit" }
  // Some give their key only when they are asked for it after they were made.
  const later = await keyOf({ credential, salt })
  return later.ok ? { ok: true, value: { credential, salt, key: later.value } } : { ok: false, problem: "unfit" }
}

/** What this passkey gives for its salt. */
export async function keyOf({ credential, salt }: Passkey): Promise<PasskeyOutcome<Uint8Array>> {
  const found = await asked(
    navigator.credentials.get({
      publicKey: {
        challenge: random(32),
        allowCredentials: [{ type: "public-key", id: own(credential) }],
        userVerification: "required",
        extensions: { prf: { eval: { first: own(salt) } } },
        timeout: TIME,
      },
    }),
  )
  const key = keyIn(found?.getClientExtensionResults().prf?.results?.first)
  return key === null ? { ok: false, problem: "unanswered" } : { ok: true, value: key }
}

/** Null where it was refused, cancelled or not to be had: browsers do not tell these apart, on purpose. */
async function asked(asking: Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    const credential = await asking
    return credential instanceof PublicKeyCredential ? credential : null
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

function keyIn(given: BufferSource | undefined): Uint8Array | null {
  if (given === undefined) return null
  const bytes = ArrayBuffer.isView(given) ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given)
  return bytes.length === KEY ? bytes : null
}
