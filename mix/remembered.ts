import { Reader, WireError, Writer } from "../shared/bytes.ts"
import * as geometry from "../shared/geometry.ts"
import type { SessionId } from "../shared/names.ts"
import { sized } from "../shared/names.ts"

/** What a gateway leaves with each open connection, for the time when the platform has thrown the rest of it away and a frame comes. */
export type Remembered =
  | { readonly kind: "stranger"; readonly address: string | null; readonly until: number }
  | { readonly kind: "session"; readonly address: string | null; readonly id: SessionId; readonly tokens: number; readonly refilled: number }

const STRANGER = 0
const SESSION = 1
const THOUSANDTHS = 1000

/** Never stored, and read by the same version only, or by the one after it: u8 kind ‖ text16 address ‖ the rest. */
export function encodeRemembered(remembered: Remembered): Uint8Array {
  const writer = new Writer().u8(remembered.kind === "stranger" ? STRANGER : SESSION).text16(remembered.address ?? "")
  if (remembered.kind === "stranger") return writer.u64(remembered.until).done()
  const tokens = Math.max(0, Math.floor(remembered.tokens * THOUSANDTHS))
  return writer.put(remembered.id).u32(tokens).u64(remembered.refilled).done()
}

/** Throws WireError. */
export function decodeRemembered(bytes: Uint8Array): Remembered {
  const reader = new Reader(bytes)
  const kind = reader.u8()
  const address = reader.text16() || null
  const remembered = rest(kind, address, reader)
  reader.end()
  return remembered
}

function rest(kind: number, address: string | null, reader: Reader): Remembered {
  if (kind === STRANGER) return { kind: "stranger", address, until: reader.u64() }
  if (kind !== SESSION) throw new WireError()
  const id = sized("SessionId", reader.take(geometry.SESSION_ID_LENGTH))
  return { kind: "session", address, id, tokens: reader.u32() / THOUSANDTHS, refilled: reader.u64() }
}
