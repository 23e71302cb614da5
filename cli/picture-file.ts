/**
 * What a file of a picture says beside the picture: place, device, time, small copies of what was there before it was cut. It is taken out, and nothing is drawn anew, so
 * that every pixel stays. Kept is what a decoder needs, by a list of what that is: JPEG (ITU T.81 annex B), PNG (W3C, third edition), WebP (RFC 9649).
 */
import { readFile } from "node:fs/promises"
import { crc32 } from "node:zlib"
import { concat, Reader, WireError } from "../shared/bytes.ts"
import { utf8 } from "../shared/text.ts"
import { Failure } from "./failure.ts"

const PNG_SIGN = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const PNG_KEPT = new Set(["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "bKGD", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "acTL", "fcTL", "fdAT"])
const WEBP_KEPT = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"])
/** Bits of VP8X: there is Exif, there is XMP. */
const [WEBP_EXIF, WEBP_XMP] = [0x08, 0x04]
/** Markers of a JPEG. */
const [SOI, EOI, SOS, COM, APP0, APP1, APP2, APP14, APP15] = [0xd8, 0xd9, 0xda, 0xfe, 0xe0, 0xe1, 0xe2, 0xee, 0xef]
const ORIENTATION = 0x0112
const EXIF = utf8("Exif\0\0")

/** The same picture without all else; null where it is no JPEG, PNG or WebP. Throws WireError where it is broken. */
export function barePicture(bytes: Uint8Array): Uint8Array | null {
  return readerOf(bytes)?.(bytes) ?? null
}

/** By its first twelve bytes. */
export function isPictureFile(head: Uint8Array): boolean {
  return readerOf(head) !== null
}

function readerOf(head: Uint8Array): ((bytes: Uint8Array) => Uint8Array) | null {
  if (begins(head, 0, "\xff\xd8\xff")) return jpeg
  if (begins(head, 0, String.fromCharCode(...PNG_SIGN))) return png
  return begins(head, 0, "RIFF") && begins(head, 8, "WEBP") ? webp : null
}

/** Of a file that has to be one. */
export async function readBarePicture(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch(() => {
    throw new Failure(`${file} cannot be read.`)
  })
  const bare = bareOf(new Uint8Array(bytes), file)
  if (bare === null) throw new Failure(`${file} is no JPEG, PNG or WebP.`)
  return bare
}

/** `barePicture` with a word for the user. */
export function bareOf(bytes: Uint8Array, file: string): Uint8Array | null {
  try {
    return barePicture(bytes)
  } catch (error) {
    if (error instanceof WireError) throw new Failure(`${file} is a picture that is broken.`)
    throw error
  }
}

const ascii = (bytes: Uint8Array) => String.fromCharCode(...bytes)
const begins = (bytes: Uint8Array, at: number, sign: string) => ascii(bytes.subarray(at, at + sign.length)) === sign

/** What lies behind the end of the picture is left out, too: phones put films there. */
function jpeg(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes)
  reader.take(2)
  const kept: Uint8Array[] = [new Uint8Array([0xff, SOI])]
  let marker = nextMarker(reader)
  while (marker !== EOI) {
    // None of these has a length, and none may stand here.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= SOI)) throw new WireError()
    const length = reader.u16()
    const segment = bareSegment(marker, reader.take(length - 2))
    if (segment !== null) kept.push(new Uint8Array([0xff, marker, (segment.length + 2) >> 8, (segment.length + 2) & 0xff]), segment)
    if (marker !== SOS) marker = nextMarker(reader)
    else {
      const from = bytes.length - reader.left
      marker = behindScan(reader)
      kept.push(bytes.subarray(from, bytes.length - reader.left - 2))
    }
  }
  return concat(...kept, new Uint8Array([0xff, EOI]))
}

function nextMarker(reader: Reader): number {
  if (reader.u8() !== 0xff) throw new WireError()
  let marker = reader.u8()
  while (marker === 0xff) marker = reader.u8()
  return marker
}

/** The marker behind what is compressed, in which 0xff stands before 0 or a restart only. */
function behindScan(reader: Reader): number {
  for (;;) {
    if (reader.u8() !== 0xff) continue
    const next = reader.u8()
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return next
    if (next === 0xff) throw new WireError()
  }
}

/** What stays of a segment; null: nothing. */
function bareSegment(marker: number, data: Uint8Array): Uint8Array | null {
  if (marker === COM) return null
  if (marker < APP0 || marker > APP15) return data
  // Without the small picture in it.
  if (marker === APP0 && begins(data, 0, "JFIF\0") && data.length >= 14) return concat(data.subarray(0, 12), new Uint8Array(2))
  if ((marker === APP2 && begins(data, 0, "ICC_PROFILE\0")) || (marker === APP14 && begins(data, 0, "Adobe"))) return data
  if (marker !== APP1 || !begins(data, 0, "Exif\0\0")) return null
  const turned = orientationIn(data.subarray(EXIF.length))
  return turned === null ? null : concat(EXIF, turned)
}

function png(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes)
  const kept: Uint8Array[] = [reader.take(PNG_SIGN.length)]
  for (let type = ""; type !== "IEND"; ) {
    const length = reader.u32()
    const name = reader.take(4)
    const data = reader.take(length)
    const sum = reader.take(4)
    type = ascii(name)
    if (PNG_KEPT.has(type)) kept.push(u32(length), name, data, sum)
    const turned = type === "eXIf" ? orientationIn(data) : null
    if (turned !== null) kept.push(u32(turned.length), name, turned, u32(crc32(concat(name, turned))))
  }
  return concat(...kept)
}

function webp(bytes: Uint8Array): Uint8Array {
  const whole = new Reader(bytes)
  whole.take(4)
  const length = little(whole.take(4))
  const reader = new Reader(whole.take(length))
  reader.take(4)
  const kept: { name: Uint8Array; type: string; data: Uint8Array }[] = []
  let flags = 0
  while (reader.left > 0) {
    const name = reader.take(4)
    const size = little(reader.take(4))
    const data = reader.take(size)
    if (size % 2 === 1) reader.take(1)
    const type = ascii(name)
    const turned = type === "EXIF" ? orientationIn(begins(data, 0, "Exif\0\0") ? data.subarray(EXIF.length) : data) : null
    if (turned !== null) flags = WEBP_EXIF
    if (turned !== null || WEBP_KEPT.has(type)) kept.push({ name, type, data: turned ?? data })
  }
  const chunks = kept.map(({ name, type, data }) => {
    if (type === "VP8X" && data.length > 0) data[0] = (data[0]! & ~(WEBP_EXIF | WEBP_XMP)) | flags
    return concat(name, u32(data.length).reverse(), data, new Uint8Array(data.length % 2))
  })
  const body = concat(utf8("WEBP"), ...chunks)
  return concat(utf8("RIFF"), u32(body.length).reverse(), body)
}

/** Exif (TIFF 6.0) that says nothing but how the picture is turned; null where it is not. Throws WireError. */
function orientationIn(tiff: Uint8Array): Uint8Array | null {
  const isLittle = begins(tiff, 0, "II")
  if (!isLittle && !begins(tiff, 0, "MM")) throw new WireError()
  const number = (bytes: Uint8Array) => little(isLittle ? bytes : bytes.toReversed())
  const head = new Reader(tiff)
  head.take(4)
  const directory = new Reader(tiff)
  directory.take(number(head.take(4)))
  for (let left = number(directory.take(2)); left > 0; left--) {
    const tag = number(directory.take(2))
    directory.take(6)
    const turned = number(directory.take(2))
    directory.take(2)
    if (tag !== ORIENTATION) continue
    return turned >= 2 && turned <= 8 ? new Uint8Array([0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turned, 0, 0, 0, 0, 0, 0]) : null
  }
  return null
}

const little = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => sum * 0x100 + byte, 0)
const u32 = (value: number) => new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value])
