import { Reader, WireError, Writer } from "./bytes.ts"
import * as geometry from "./geometry.ts"
import type { BoxId, Content, Signature, Surb } from "./names.ts"
import { sized } from "./names.ts"

/** design.md sections 5 and 6. */
const VERSION = 1
const OPERATIONS = { write: 1, read: 2 } as const
const STATUSES = { stored: 1, content: 2, empty: 3, taken: 4, refused: 5 } as const

export type Operation = keyof typeof OPERATIONS
/**
 * - stored: the write holds (now, or since an earlier write of the same bytes)
 * - content: what the box holds; the reply to a read
 * - empty: the hold ended and nothing was written
 * - taken: the box holds other bytes, which follow
 * - refused: bad signature, bad stamp, or no room
 */
export type Status = keyof typeof STATUSES

export interface Request {
  readonly surb: Surb
  readonly operation: Operation
  /** Seconds a read may wait; 0 for writes. */
  readonly hold: number
  readonly box: BoxId
  /** Of a read: zeros. */
  readonly signature: Signature
  readonly stamp: Uint8Array
  /** Of a read: random bytes or zeros; ignored. */
  readonly content: Content
}

export interface Reply {
  readonly status: Status
  /** What the next stamp must cost; zeros: nothing. */
  readonly stampTerms: Uint8Array
  /** With status content and taken; zeros otherwise. */
  readonly signature: Signature
  readonly content: Content
}

export function encodeRequest(request: Request): Uint8Array {
  return new Writer()
    .put(request.surb)
    .u8(VERSION)
    .u8(OPERATIONS[request.operation])
    .u16(request.hold)
    .put(request.box)
    .put(request.signature)
    .put(request.stamp)
    .put(request.content)
    .done()
}

/** Throws WireError on anything but a whole request of this version. */
export function decodeRequest(bytes: Uint8Array): Request {
  const reader = new Reader(bytes)
  const surb = sized("Surb", reader.take(geometry.SURB_LENGTH))
  if (reader.u8() !== VERSION) throw new WireError()
  const operation = nameOf(OPERATIONS, reader.u8())
  const request = {
    surb,
    operation,
    hold: reader.u16(),
    box: sized("BoxId", reader.take(geometry.BOX_ID_LENGTH)),
    signature: sized("Signature", reader.take(geometry.SIGNATURE_LENGTH)),
    stamp: reader.take(geometry.STAMP_LENGTH),
    content: sized("Content", reader.take(geometry.CONTENT_LENGTH)),
  }
  reader.end()
  return request
}

export function encodeReply(reply: Reply): Uint8Array {
  return new Writer()
    .u8(VERSION)
    .u8(STATUSES[reply.status])
    .u16(0)
    .put(reply.stampTerms)
    .put(reply.signature)
    .put(reply.content)
    .zeros(geometry.REPLY_ZEROS_LENGTH)
    .done()
}

/** Throws WireError on anything but a whole reply of this version. */
export function decodeReply(bytes: Uint8Array): Reply {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const status = nameOf(STATUSES, reader.u8())
  if (reader.u16() !== 0) throw new WireError()
  const reply = {
    status,
    stampTerms: reader.take(geometry.STAMP_TERMS_LENGTH),
    signature: sized("Signature", reader.take(geometry.SIGNATURE_LENGTH)),
    content: sized("Content", reader.take(geometry.CONTENT_LENGTH)),
  }
  reader.zeros(geometry.REPLY_ZEROS_LENGTH)
  reader.end()
  return reply
}

export const noSignature = (): Signature => sized("Signature", new Uint8Array(geometry.SIGNATURE_LENGTH))
export const noContent = (): Content => sized("Content", new Uint8Array(geometry.CONTENT_LENGTH))
export const noStamp = (): Uint8Array => new Uint8Array(geometry.STAMP_LENGTH)
export const noStampTerms = (): Uint8Array => new Uint8Array(geometry.STAMP_TERMS_LENGTH)

function nameOf<T extends Record<string, number>>(codes: T, code: number): keyof T & string {
  for (const name in codes) if (codes[name] === code) return name
  throw new WireError()
}
