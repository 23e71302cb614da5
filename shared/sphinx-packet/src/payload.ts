import { isZero } from "./bytes.ts"
import { LEADING_ZEROS_LENGTH, LIONESS_LEFT_LENGTH, PAYLOAD_OVERHEAD } from "./constants.ts"
import { SphinxError } from "./error.ts"
import type { Lioness } from "./lioness.ts"

const END_OF_MESSAGE = 1

/** Zeros 16, message, the byte 1, zeros. Throws RangeError if the message does not fit or LIONESS cannot take the length. */
export function padMessage(message: Uint8Array, payloadLength: number): Uint8Array {
  if (!Number.isSafeInteger(payloadLength) || payloadLength <= LIONESS_LEFT_LENGTH) {
    throw new RangeError(`a payload must be longer than ${LIONESS_LEFT_LENGTH} bytes`)
  }
  if (message.length + PAYLOAD_OVERHEAD > payloadLength) throw new RangeError("the message does not fit the payload")
  const payload = new Uint8Array(payloadLength)
  payload.set(message, LEADING_ZEROS_LENGTH)
  payload[LEADING_ZEROS_LENGTH + message.length] = END_OF_MESSAGE
  return payload
}

/**
 * The message in a payload of which all layers are off. Throws SphinxError("payload") where a bit was changed on the
 * way (the leading zeros are none any more) or where the end is missing. Bytes behind the last 1 are not looked at, as in the crate.
 */
export function recoverPlaintext(payload: Uint8Array): Uint8Array {
  const zeros = payload.subarray(0, LEADING_ZEROS_LENGTH)
  const untouched = isZero(zeros)
  const end = payload.lastIndexOf(END_OF_MESSAGE)
  if (!untouched || end < LEADING_ZEROS_LENGTH) throw new SphinxError("payload")
  return payload.slice(LEADING_ZEROS_LENGTH, end)
}

/** A copy of the payload under one layer per key, the last key's innermost: what hops that decrypt in the keys' order take off again. */
export function addLayers(lioness: Lioness, payload: Uint8Array, keys: readonly Uint8Array[]): Uint8Array {
  const block = payload.slice()
  for (const key of keys.toReversed()) lioness.encrypt(key, block)
  return block
}

export function removeLayer(lioness: Lioness, payload: Uint8Array, key: Uint8Array): Uint8Array {
  const block = payload.slice()
  lioness.decrypt(key, block)
  return block
}
