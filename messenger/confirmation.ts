import { Reader, Writer } from "../shared/bytes.ts"

/** Cumulative: all boxes of this leaf's stream in this epoch below `next` have been read. 4 + 8 + 8 bytes. */
export interface Confirmation {
  readonly leaf: number
  readonly epoch: number
  readonly next: number
}

export function encodeConfirmation({ leaf, epoch, next }: Confirmation): Uint8Array {
  return new Writer().u32(leaf).u64(epoch).u64(next).done()
}

/** Throws WireError. */
export function decodeConfirmation(bytes: Uint8Array): Confirmation {
  const reader = new Reader(bytes)
  const confirmation = { leaf: reader.u32(), epoch: reader.u64(), next: reader.u64() }
  reader.end()
  return confirmation
}
