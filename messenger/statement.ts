import { compareBytes, Reader, sameBytes, WireError, Writer } from "../shared/bytes.ts"
import { signEd25519 } from "../shared/ed25519.ts"
import { KEY_LENGTH, SIGNATURE_LENGTH } from "../shared/geometry.ts"
import { utf8 } from "../shared/text.ts"
import { verifySignature } from "./mls/signature.ts"

/**
 * By which somebody says that they have another identity key from now on, and which of their devices are theirs no more
 * (design.md section 9). Signed by the old key and the new one: nobody can give their identity away alone, nor take another's.
 */
export interface Statement {
  /** Ed25519, 32 bytes each. */
  readonly from: Uint8Array
  readonly to: Uint8Array
  /** Seconds since 1970, a whole day. */
  readonly day: number
  /** Device keys, 32 bytes each, rising. */
  readonly revoked: readonly Uint8Array[]
}

const VERSION = 1
const DAY = 86_400
const REVOKED_MAX = 32
const LABEL = utf8("sotto v1 identity statement")

/**
 * statement = version 1 ‖ old identity key 32 ‖ new identity key 32 ‖ day 8 ‖ count 1 ‖ device keys 32 each ‖ signature by the old
 * key 64 ‖ signature by the new key 64, each over a label and all that stands before both. `now` in ms; secrets are Ed25519 seeds.
 */
export function makeStatement(
  { from, to, revoked }: Pick<Statement, "from" | "to" | "revoked">,
  secrets: { readonly from: Uint8Array; readonly to: Uint8Array },
  now: number,
): Uint8Array {
  if (revoked.length > REVOKED_MAX) throw new RangeError("more devices than a statement holds")
  const body = bodyOf({ from, to, day: Math.floor(now / 1000 / DAY) * DAY, revoked: [...revoked].sort(compareBytes) })
  const signed = signedBytes(body)
  return new Writer().put(body).put(signEd25519(secrets.from, signed)).put(signEd25519(secrets.to, signed)).done()
}

/** Throws WireError where the form or one of the signatures is wrong. Whose identity it is, is for the caller to compare. */
export function openStatement(bytes: Uint8Array): Statement {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const from = reader.take(KEY_LENGTH)
  const to = reader.take(KEY_LENGTH)
  const day = reader.u64()
  const count = reader.u8()
  if (day % DAY !== 0 || count > REVOKED_MAX || sameBytes(from, to)) throw new WireError()
  const revoked: Uint8Array[] = []
  for (let i = 0; i < count; i++) {
    const device = reader.take(KEY_LENGTH)
    const before = revoked.at(-1)
    if (before !== undefined && compareBytes(before, device) >= 0) throw new WireError()
    revoked.push(device)
  }
  const signatures = [reader.take(SIGNATURE_LENGTH), reader.take(SIGNATURE_LENGTH)] as const
  reader.end()
  const statement = { from, to, day, revoked }
  const signed = signedBytes(bodyOf(statement))
  if (!verifySignature(from, signed, signatures[0]) || !verifySignature(to, signed, signatures[1])) throw new WireError()
  return statement
}

function bodyOf({ from, to, day, revoked }: Statement): Uint8Array {
  const writer = new Writer().u8(VERSION).put(from).put(to).u64(day).u8(revoked.length)
  for (const device of revoked) writer.put(device)
  return writer.done()
}

function signedBytes(body: Uint8Array): Uint8Array {
  return new Writer().put(LABEL).put(body).done()
}
