export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Cuts bytes into views of these lengths, one after the other; what is left over is the caller's. */
export function split<const Lengths extends readonly number[]>(
  bytes: Uint8Array,
  ...lengths: Lengths
): { [Index in keyof Lengths]: Uint8Array } {
  const parts: Uint8Array[] = []
  let at = 0
  for (const length of lengths) {
    if (at + length > bytes.length) throw new RangeError("fewer bytes than parts")
    parts.push(bytes.subarray(at, (at += length)))
  }
  return parts as { [Index in keyof Lengths]: Uint8Array }
}

/** target ^= mask, over the length of the shorter. */
export function xorInto(target: Uint8Array, mask: Uint8Array): void {
  const length = Math.min(target.length, mask.length)
  for (let i = 0; i < length; i++) target[i]! ^= mask[i]!
}

export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = a.slice()
  xorInto(result, b)
  return result
}

/** Its time depends on the lengths alone. */
export function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}

/** Its time depends on the length alone. */
export function isZero(bytes: Uint8Array): boolean {
  let any = 0
  for (const byte of bytes) any |= byte
  return any === 0
}

/** An unsigned big-endian integer of `length` bytes. */
export function fromInteger(value: bigint, length: number): Uint8Array {
  if (value < 0n || value >= 1n << BigInt(8 * length)) throw new RangeError("integer out of range")
  const bytes = new Uint8Array(length)
  let left = value
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = Number(left & 0xffn)
    left >>= 8n
  }
  return bytes
}

export function toInteger(bytes: Uint8Array): bigint {
  let value = 0n
  // Six bytes at a time, for a bigint costs more than they do.
  for (let at = 0; at < bytes.length; ) {
    let [part, bits] = [0, 0]
    for (; bits < 48 && at < bytes.length; bits += 8) part = 256 * part + bytes[at++]!
    value = (value << BigInt(bits)) | BigInt(part)
  }
  return value
}

/** For arguments of our own callers, whose wrong lengths are their bug and not somebody's attack. */
export function expectLength(bytes: Uint8Array, length: number, what: string): Uint8Array {
  if (bytes.length !== length) throw new RangeError(`${what} must have ${length} bytes`)
  return bytes
}
