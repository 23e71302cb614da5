import { Reader, sameBytes, Writer } from "../shared/bytes.ts"
import { HASH_LENGTH } from "../shared/geometry.ts"
import type { StoredEpoch } from "./stored-conversation.ts"

/** So much of an epoch's authenticator is kept and told. */
export const AUTHENTICATOR_PREFIX = 16
/** Commits of so many epochs that a stream skips are named. */
const PASSED_MOST = 8

/**
 * The last record of a stream: in which epoch it goes on, and by which commits that one came about. epoch u64 ‖ SHA-256 of the commit that made
 * it ‖ the first 16 bytes of its authenticator ‖ SHA-256 of the commits that made the epochs skipped, the latest first. design.md section 7.
 */
export interface Close {
  readonly epoch: number
  readonly commit: Uint8Array
  readonly authenticator: Uint8Array
  readonly passed: readonly Uint8Array[]
}

/** How a stream of the epoch `from` is closed by who is in the last of these epochs. */
export function closeOf(epochs: readonly StoredEpoch[], from: number): Close {
  const present = epochs.at(-1)
  if (present === undefined) throw new Error("a close that leads nowhere")
  const skipped = epochs.filter(({ epoch }) => epoch > from && epoch < present.epoch)
  const passed = skipped.map(({ commit }) => commit).reverse()
  return { epoch: present.epoch, commit: present.commit, authenticator: present.authenticator, passed: passed.slice(0, PASSED_MOST) }
}

export function encodeClose({ epoch, commit, authenticator, passed }: Close): Uint8Array {
  const writer = new Writer().u64(epoch).put(commit).put(authenticator)
  for (const hash of passed) writer.put(hash)
  return writer.done()
}

/** Throws WireError. */
export function decodeClose(bytes: Uint8Array): Close {
  const reader = new Reader(bytes)
  const close = { epoch: reader.u64(), commit: reader.take(HASH_LENGTH), authenticator: reader.take(AUTHENTICATOR_PREFIX) }
  const passed: Uint8Array[] = []
  while (reader.left > 0 && passed.length < PASSED_MOST) passed.push(reader.take(HASH_LENGTH))
  reader.end()
  return { ...close, passed }
}

/** The hash of the commit that made this epoch, by what the close says; null where it says nothing of it. */
export function namedBy({ epoch, commit, passed }: Close, made: number): Uint8Array | null {
  return made === epoch ? commit : (passed[epoch - made - 1] ?? null)
}

/** The first of our epochs that whoever closed their stream has not been in, but in another of its number; null where there is none. */
export function divergence(close: Close, epochs: readonly StoredEpoch[]): StoredEpoch | null {
  // Who came in by a Welcome does not know the commit.
  const isKnown = ({ commit }: StoredEpoch) => commit.some((byte) => byte !== 0)
  return epochs.find((one) => isKnown(one) && !sameBytes(namedBy(close, one.epoch) ?? one.commit, one.commit)) ?? null
}

/** Whether a close that says the same of all commits does so of the group, too. */
export function isSameGroup(close: Close, epoch: StoredEpoch): boolean {
  return close.epoch !== epoch.epoch || sameBytes(close.authenticator, epoch.authenticator)
}
