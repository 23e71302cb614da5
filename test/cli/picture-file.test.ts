import { mkdtemp, open, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { crc32 } from "node:zlib"
import { describe, expect, onTestFinished, test } from "vitest"
import { sourceOf } from "../../cli/commands/send-file.ts"
import { Failure } from "../../cli/failure.ts"
import { barePicture, readBarePicture } from "../../cli/picture-file.ts"
import { concat, WireError } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"

/** Nine points wide and six high, as Chromium writes them: two with a profile of their colours. */
const JPEG = bytes("/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAGAAkDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAEF/8QAFxAAAwEAAAAAAAAAAAAAAAAAAAECEf/EABUBAQEAAAAAAAAAAAAAAAAAAAUG/8QAFxEBAQEBAAAAAAAAAAAAAAAAAQIRAP/aAAwDAQACEQMRAD8AxplSslYUAOqmnadeqJkkyTDv/9k=")
const PNG = bytes("iVBORw0KGgoAAAANSUhEUgAAAAkAAAAGCAYAAAARx7TFAAAAOUlEQVR4AYyMQQ0AMAgDSZUgYRImZdImBUk4gBcJD0ja5D5Ne9BrUdjRmIAQwfcnxbbnTNu795QpAQAA//8S6MYtAAAABklEQVQDAB4kGJRMmWr6AAAAAElFTkSuQmCC")
const WEBP = bytes("UklGRigCAABXRUJQVlA4WAoAAAAgAAAACAAABQAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggOgAAAJABAJ0BKgkABgACgEIlsAJ0ugADmAD+7U//i92XvGGrHFVwrlFX2pD/80UY/7mUb/+tf1t/H/jIAAA=")

function bytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"))
}

const PLACE = utf8("52.5163 N 13.3777 E, FairPhone 5")
const u32 = (value: number) => new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value])
const little = (value: number) => u32(value).reverse()

/** Exif that says a place, and how the picture is turned. */
function exif(order: "MM" | "II", turned: number): Uint8Array {
  const number = (value: number, length: number) => (order === "MM" ? u32(value).slice(4 - length) : little(value).slice(0, length))
  const entry = (tag: number, type: number, count: number, value: Uint8Array) => concat(number(tag, 2), number(type, 2), number(count, 4), value)
  const entries = [entry(0x010f, 2, PLACE.length, number(38, 4)), entry(0x0112, 3, 1, concat(number(turned, 2), new Uint8Array(2)))]
  return concat(utf8(order), number(42, 2), number(8, 4), number(2, 2), ...entries, number(0, 4), PLACE)
}

const ONLY_TURNED = (turned: number) => new Uint8Array([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, turned, 0, 0, 0, 0, 0, 0])
const EXIF = utf8("Exif\0\0")
const segment = (marker: number, data: Uint8Array) => concat(new Uint8Array([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff]), data)
const chunk = (type: string, data: Uint8Array) => concat(u32(data.length), utf8(type), data, u32(crc32(concat(utf8(type), data))))
const part = (type: string, data: Uint8Array) => concat(utf8(type), little(data.length), data, new Uint8Array(data.length % 2))
const webp = (...parts: Uint8Array[]) => concat(utf8("RIFF"), little(4 + parts.reduce((sum, { length }) => sum + length, 0)), utf8("WEBP"), ...parts)
/** In the place `at`, and behind the end. */
const within = (picture: Uint8Array, at: number, ...more: Uint8Array[]) => concat(picture.slice(0, at), ...more, picture.slice(at), PLACE)
const says = (picture: Uint8Array) => Buffer.from(picture).includes(Buffer.from(PLACE))
/** The flags of what is in the file, and what is behind the head. */
const flagged = (flags: number, ...more: Uint8Array[]) => webp(part("VP8X", new Uint8Array([WEBP[20]! | flags, ...WEBP.slice(21, 30)])), WEBP.slice(30), ...more)

test("what says nothing beside the picture stays as it is, byte for byte", () => {
  for (const picture of [JPEG, PNG, WEBP]) expect(barePicture(picture)).toEqual(picture)
})

test("of a JPEG place, device, comments, small copies and what lies behind it go, and the picture is the same bytes", () => {
  const small = segment(0xe0, concat(utf8("JFXX\0"), new Uint8Array([0x13]), PLACE))
  const more = [segment(0xe1, concat(EXIF, exif("MM", 1))), segment(0xe1, concat(utf8("http://ns.adobe.com/xap/1.0/\0"), PLACE)), segment(0xe2, concat(utf8("MPF\0"), PLACE)), segment(0xed, PLACE), segment(0xfe, PLACE), small]
  const told = within(JPEG, 20, ...more)
  expect(says(told)).toBe(true)
  expect(barePicture(told)).toEqual(JPEG)
  const withThumbnail = concat(JPEG.slice(0, 4), new Uint8Array([0, 19]), JPEG.slice(6, 18), new Uint8Array([1, 1, 9, 9, 9]), JPEG.slice(20))
  expect(barePicture(withThumbnail)).toEqual(concat(JPEG.slice(0, 18), new Uint8Array(2), JPEG.slice(20)))
})

test("of a PNG and a WebP go texts, times and Exif", () => {
  const texts = ["tEXt", "zTXt", "iTXt", "tIME", "zzZz"].map((type) => chunk(type, PLACE))
  expect(barePicture(within(PNG, 33, ...texts, chunk("eXIf", exif("II", 1))))).toEqual(PNG)
  const told = concat(flagged(0x0c, part("EXIF", exif("MM", 1)), part("XMP ", concat(PLACE, PLACE, new Uint8Array(1))), part("abcd", PLACE)), PLACE)
  expect(says(told)).toBe(true)
  expect(barePicture(told)).toEqual(WEBP)
})

test.each(["MM", "II"] as const)("a picture that is turned stays turned, and says nothing else (%s)", (order) => {
  for (const turned of [2, 6, 8]) {
    expect(barePicture(within(JPEG, 20, segment(0xe1, concat(EXIF, exif(order, turned)))))).toEqual(concat(JPEG.slice(0, 20), segment(0xe1, concat(EXIF, ONLY_TURNED(turned))), JPEG.slice(20)))
    expect(barePicture(within(PNG, 33, chunk("eXIf", exif(order, turned))))).toEqual(concat(PNG.slice(0, 33), chunk("eXIf", ONLY_TURNED(turned)), PNG.slice(33)))
    expect(barePicture(flagged(0x0c, part("EXIF", exif(order, turned))))).toEqual(flagged(0x08, part("EXIF", ONLY_TURNED(turned))))
  }
  for (const none of [0, 9, 0x0600]) expect(barePicture(within(JPEG, 20, segment(0xe1, concat(EXIF, exif(order, none)))))).toEqual(JPEG)
})

describe("what is broken is refused", () => {
  const told: readonly (readonly [string, Uint8Array])[] = [
    ["JPEG", concat(JPEG.slice(0, 20), segment(0xe1, concat(EXIF, exif("II", 6))), JPEG.slice(20))],
    ["PNG", concat(PNG.slice(0, 33), chunk("eXIf", exif("MM", 6)), PNG.slice(33))],
    ["WebP", flagged(0x08, part("EXIF", exif("MM", 6)))],
  ]
  test.each(told)("%s that is cut anywhere", (_, picture) => {
    const begin = 12
    for (let length = begin; length < picture.length; length++) expect(() => barePicture(picture.slice(0, length)), `${length}`).toThrow(WireError)
  })

  test.each(told)("%s with any byte changed is read, or refused as broken", (_, picture) => {
    for (let at = 0; at < picture.length; at++) {
      const changed = picture.with(at, picture[at]! ^ 0xff)
      try {
        barePicture(changed)
      } catch (error) {
        expect(error, `${at}`).toBeInstanceOf(WireError)
      }
    }
  })

  test("Exif of no byte order, segments that stand where none may, and lengths below their own", () => {
    const broken = [segment(0xe1, concat(EXIF, utf8("XX"), exif("MM", 1))), new Uint8Array([0xff, 0xd8]), new Uint8Array([0xff, 0x01]), new Uint8Array([0xff, 0xe1, 0, 1]), new Uint8Array([0x00])]
    for (const one of broken) expect(() => barePicture(within(JPEG, 20, one))).toThrow(WireError)
  })

  test("what is no such picture is none", () => {
    for (const other of [new Uint8Array(), utf8("GIF89a"), utf8("RIFF\0\0\0\0WAVE"), PLACE]) expect(barePicture(other)).toBe(null)
  })
})

test("at the command line a group's picture and a picture that is sent are bare, and other files are sent as they are", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-picture-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  const put = async (name: string, content: Uint8Array) => {
    await writeFile(path.join(folder, name), content)
    return path.join(folder, name)
  }
  const sent = async (file: string, whole = false) => {
    const handle = await open(file)
    try {
      const { size, read } = await sourceOf(handle, file, whole)
      const parts: Uint8Array[] = []
      for (let one = await read(); one.length > 0; one = await read()) parts.push(one)
      expect(size).toBe(concat(...parts).length)
      return concat(...parts)
    } finally {
      await handle.close()
    }
  }
  const told = within(JPEG, 20, segment(0xe1, concat(EXIF, exif("MM", 1))))
  const photo = await put("photo.jpg", told)
  expect([await readBarePicture(photo), await sent(photo), await sent(photo, true)]).toEqual([JPEG, JPEG, told])
  const text = concat(...Array.from({ length: 5000 }, () => PLACE))
  const note = await put("note.txt", text)
  expect(await sent(note)).toEqual(text)
  await expect(readBarePicture(note)).rejects.toThrow(Failure)
  const broken = await put("broken.jpg", told.slice(0, 99))
  await expect(readBarePicture(broken)).rejects.toThrow(Failure)
  await expect(sent(broken)).rejects.toThrow(Failure)
  expect(await sent(broken, true)).toEqual(told.slice(0, 99))
})
