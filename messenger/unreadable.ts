import { Reader, Writer } from "../shared/bytes.ts"

/** A message that its reader cannot open: the one that ends as the `nth` (from 0) in box `box` of this leaf's stream in this epoch. */
export interface Unreadable {
  readonly leaf: number
  readonly epoch: number
  readonly box: number
  readonly nth: number
}

/** 4 + 8 + 8 + 1 bytes. */
export function encodeUnreadable({ leaf, epoch, box, nth }: Unreadable): Uint8Array {
  return new Writer().u32(leaf).u64(epoch).u64(box).u8(nth).done()
}

/** Throws WireError. */
export function decodeUnreadable(bytes: Uint8Array): Unreadable {
  const reader = new Reader(bytes)
  const unreadable = { leaf: reader.u32(), epoch: reader.u64(), box: reader.u64(), nth: reader.u8() }
  reader.end()
  return unreadable
}
