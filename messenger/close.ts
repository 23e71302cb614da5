import { Reader, sameBytes, Writer } from "../shared/bytes.ts"
import { HASH_LENGTH, RECORD_HEADER_LENGTH } from "../shared/geometry.ts"
import type { StoredEpoch } from "./stored-conversation.ts"

/** So much of an epoch's authenticator is kept and told. */
export const AUTHENTICATOR_PREFIX = 16
const CLOSE_LENGTH = 8 + HASH_LENGTH + AUTHENTICATOR_PREFIX
export const CLOSE_RECORD_LENGTH = RECORD_HEADER_LENGTH + CLOSE_LENGTH

/**
 * The last record of a stream: in which epoch it goes on, and which one that is. epoch u64 ‖ SHA-256 of the commit that made it ‖ the
 * first 16 bytes of its authenticator. design.md section 7.
 */
export interface Close {
  readonly epoch: number
  readonly commit: Uint8Array
  readonly authenticator: Uint8Array
}

export function encodeClose({ epoch, commit, authenticator }: Close): Uint8Array {
  return new Writer().u64(epoch).put(commit).put(authenticator).done()
}

/** Throws WireError. */
export function decodeClose(bytes: Uint8Array): Close {
  const reader = new Reader(bytes)
  const close = { epoch: reader.u64(), commit: reader.take(HASH_LENGTH), authenticator: reader.take(AUTHENTICATOR_PREFIX) }
  reader.end()
  return close
}

/** Whether both are in the same group state. */
export function isSameEpoch(close: Close, epoch: StoredEpoch): boolean {
  return close.epoch === epoch.epoch && sameBytes(close.commit, epoch.commit) && sameBytes(close.authenticator, epoch.authenticator)
}
