/**
 * What the first bytes of a picture say of it, before a decoder sees any: whether it is one of the few kinds that are shown, and how many pixels it would take.
 * Whatever its sender calls it. Pure.
 */
import { Reader, WireError } from "../../shared/bytes.ts"

/** How large it is as it is stored, before it is turned. */
export interface PictureFormat {
  readonly type: "image/png" | "image/jpeg" | "image/webp" | "image/gif" | "image/avif"
  readonly width: number
  readonly height: number
}

/** In which part of a file its beginning is looked for. */
export const HEAD_LENGTH = 1 << 18
/** Larger than any camera's, and what a decoder takes for it (four bytes each) still fits. */
const PIXELS_MOST = 50_000_000
const THUMBNAIL_SIDE_MOST = 320

const isDrawable = ({ width, height }: PictureFormat) => width > 0 && height > 0 && width * height <= PIXELS_MOST

/** Null where it is none of these, is broken, or would be too large to be drawn. */
export function pictureFormat(head: Uint8Array): PictureFormat | null {
  try {
    const format = [png, jpeg, webp, gif, avif].map((read) => read(head)).find((one) => one !== null) ?? null
    return format !== null && isDrawable(format) ? format : null
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

/** Of the small picture that comes with a message: two thousand bytes can ask for as many pixels as a large one. */
export function thumbnailFormat(bytes: Uint8Array): PictureFormat | null {
  const format = pictureFormat(bytes)
  return format !== null && Math.max(format.width, format.height) <= THUMBNAIL_SIDE_MOST ? format : null
}

const ascii = (bytes: Uint8Array) => String.fromCharCode(...bytes)
const begins = (head: Uint8Array, at: number, sign: string) => ascii(head.subarray(at, at + sign.length)) === sign

function behind(head: Uint8Array, length: number): Reader {
  const reader = new Reader(head)
  reader.take(length)
  return reader
}

function little(reader: Reader, length: 2 | 3 | 4): number {
  return [...reader.take(length)].reduceRight((sum, byte) => sum * 0x100 + byte, 0)
}

function png(head: Uint8Array): PictureFormat | null {
  if (!begins(head, 0, "\x89PNG\r\n\x1a\n") || !begins(head, 12, "IHDR")) return null
  const reader = behind(head, 16)
  return { type: "image/png", width: reader.u32(), height: reader.u32() }
}

/** Segments up to the frame's. */
function jpeg(head: Uint8Array): PictureFormat | null {
  if (!begins(head, 0, "\xff\xd8\xff")) return null
  const reader = behind(head, 2)
  for (;;) {
    if (reader.u8() !== 0xff) return null
    let marker = reader.u8()
    while (marker === 0xff) marker = reader.u8()
    const length = reader.u16()
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) {
      reader.u8()
      const height = reader.u16()
      return { type: "image/jpeg", width: reader.u16(), height }
    }
    reader.take(length - 2)
  }
}

function webp(head: Uint8Array): PictureFormat | null {
  if (!begins(head, 0, "RIFF") || !begins(head, 8, "WEBP")) return null
  const reader = behind(head, 12)
  const chunk = ascii(reader.take(4))
  reader.take(4)
  if (chunk === "VP8X") {
    reader.take(4)
    return { type: "image/webp", width: little(reader, 3) + 1, height: little(reader, 3) + 1 }
  }
  if (chunk === "VP8 ") {
    reader.take(6)
    return { type: "image/webp", width: little(reader, 2) % 0x4000, height: little(reader, 2) % 0x4000 }
  }
  if (chunk !== "VP8L") return null
  reader.take(1)
  const bits = little(reader, 4)
  return { type: "image/webp", width: (bits % 0x4000) + 1, height: (Math.floor(bits / 0x4000) % 0x4000) + 1 }
}

/** Its first picture may be larger than it says; what comes behind that may not. */
function gif(head: Uint8Array): PictureFormat | null {
  if (!begins(head, 0, "GIF87a") && !begins(head, 0, "GIF89a")) return null
  const reader = behind(head, 6)
  const [width, height] = [little(reader, 2), little(reader, 2)]
  const colours = reader.u8()
  reader.take(2)
  if (colours >= 0x80) reader.take(3 * 2 ** ((colours % 8) + 1))
  for (;;) {
    const block = reader.u8()
    if (block === 0x2c) {
      const [x, y] = [little(reader, 2), little(reader, 2)]
      return { type: "image/gif", width: Math.max(width, x + little(reader, 2)), height: Math.max(height, y + little(reader, 2)) }
    }
    if (block !== 0x21) return null
    reader.u8()
    for (let length = reader.u8(); length > 0; length = reader.u8()) reader.take(length)
  }
}

/** The largest of the sizes that the file's properties name: browsers refuse a picture that is larger than its own. */
function avif(head: Uint8Array): PictureFormat | null {
  if (!begins(head, 4, "ftypavif")) return null
  const sizes = inside(inside(inside(head, "meta").subarray(4), "iprp"), "ipco")
  const all = [...boxes(sizes)].filter(([name]) => name === "ispe").map(([, body]) => {
    const reader = behind(body, 4)
    return [reader.u32(), reader.u32()] as const
  })
  if (all.length === 0) return null
  return { type: "image/avif", width: Math.max(...all.map(([width]) => width)), height: Math.max(...all.map(([, height]) => height)) }
}

function inside(bytes: Uint8Array, wanted: string): Uint8Array {
  for (const [name, body] of boxes(bytes)) if (name === wanted) return body
  throw new WireError()
}

function* boxes(bytes: Uint8Array): Generator<readonly [name: string, body: Uint8Array]> {
  const reader = new Reader(bytes)
  while (reader.left >= 8) {
    const length = reader.u32()
    const name = ascii(reader.take(4))
    yield [name, reader.take(length - 8)]
  }
}
