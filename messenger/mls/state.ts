import type { GroupState } from "ts-mls/clientState.js"
import { decodeGroupState } from "ts-mls/clientState.js"
import { stateBytes } from "./state-bytes.ts"

const VERSION = 1

/** state = version 1 ‖ the library's encoding */
function encodeState(state: GroupState): Uint8Array {
  return stateBytes(VERSION, state)
}

/** Of our own bytes only, so that failing is our own bug: throws a plain Error. */
function decodeState(bytes: Uint8Array): GroupState {
  if (bytes[0] !== VERSION) throw new Error("stored MLS state of an unknown version")
  // The decoder keeps views, and used keys are overwritten in place: never in the caller's bytes.
  const copy = bytes.slice(1)
  const decoded = decodeGroupState(copy, 0)
  if (decoded === undefined || decoded[1] !== copy.length) throw new Error("stored MLS state is damaged")
  return decoded[0]
}

/**
 * Decoded states by the identity of their bytes, so that a state that comes back as the very array that was returned need not be
 * decoded again. `take` hands a decoded state over: as its user may overwrite keys in it, nobody else gets the same one,
 * and who failed without using it puts it back.
 */
export interface States {
  take(bytes: Uint8Array): GroupState
  putBack(bytes: Uint8Array, state: GroupState): void
  /** The bytes of a new state. */
  add(state: GroupState): Uint8Array
  /** The bytes of a state that shares keys with another, which may be used and overwritten first. */
  encode(state: GroupState): Uint8Array
}

export function createStates(): States {
  const decoded = new WeakMap<Uint8Array, GroupState>()
  return {
    take(bytes) {
      const state = decoded.get(bytes) ?? decodeState(bytes)
      decoded.delete(bytes)
      return state
    },
    putBack(bytes, state) {
      decoded.set(bytes, state)
    },
    add(state) {
      const bytes = encodeState(state)
      decoded.set(bytes, state)
      return bytes
    },
    encode: encodeState,
  }
}
