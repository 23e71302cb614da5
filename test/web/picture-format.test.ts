import { expect, test } from "vitest"
import { concat, Writer } from "../../shared/bytes.ts"
import { pictureFormat, thumbnailFormat } from "../../web/state/picture-format.ts"
import { png } from "./fake-pictures.ts"

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const little = (n: number, length: number) => Uint8Array.from({ length }, (_, i) => Math.floor(n / 256 ** i) % 256)
const big = (n: number) => new Writer().u32(n).done()
const grey = () => [128, 128, 128] as const

const segment = (marker: number, body: Uint8Array) => concat(Uint8Array.of(0xff, marker), new Writer().u16(body.length + 2).done(), body)
const jpeg = (width: number, height: number, frame = 0xc2) =>
  concat(Uint8Array.of(0xff, 0xd8), segment(0xe1, new Uint8Array(5000)), segment(0xc4, new Uint8Array(20)), segment(frame, concat(Uint8Array.of(8), new Writer().u16(height).u16(width).done(), new Uint8Array(10))))
const riff = (chunk: string, body: Uint8Array) => concat(ascii("RIFF"), little(body.length + 12, 4), ascii("WEBP"), ascii(chunk), little(body.length, 4), body)
const webp = {
  lossy: (width: number, height: number) => riff("VP8 ", concat(Uint8Array.of(0x30, 1, 0, 0x9d, 1, 0x2a), little(width, 2), little(height, 2))),
  lossless: (width: number, height: number) => riff("VP8L", concat(Uint8Array.of(0x2f), little(width - 1 + (height - 1) * 0x4000, 4))),
  extended: (width: number, height: number) => riff("VP8X", concat(new Uint8Array(4), little(width - 1, 3), little(height - 1, 3))),
}
/** The screen, and the picture in it at 3, 5. */
const gif = (screen: readonly [number, number], frame: readonly [number, number]) =>
  concat(ascii("GIF89a"), little(screen[0], 2), little(screen[1], 2), Uint8Array.of(0x81, 0, 0), new Uint8Array(12), Uint8Array.of(0x21, 0xf9, 4, 0, 0, 0, 0, 0), Uint8Array.of(0x2c), little(3, 2), little(5, 2), little(frame[0], 2), little(frame[1], 2))
const box = (name: string, body: Uint8Array) => concat(big(body.length + 8), ascii(name), body)
const size = (width: number, height: number) => box("ispe", concat(new Uint8Array(4), big(width), big(height)))
const avif = (...sizes: Uint8Array[]) => concat(box("ftyp", ascii("avif\0\0\0\0avifmif1")), box("meta", concat(new Uint8Array(4), box("hdlr", new Uint8Array(20)), box("iprp", box("ipco", concat(...sizes))))))

test.each([
  ["image/png", png(31, 17, grey), 31, 17],
  ["image/jpeg", jpeg(1600, 1200), 1600, 1200],
  ["image/jpeg", jpeg(1600, 1200, 0xc0), 1600, 1200],
  ["image/webp", webp.lossy(640, 480), 640, 480],
  ["image/webp", webp.lossless(640, 480), 640, 480],
  ["image/webp", webp.extended(5000, 20), 5000, 20],
  ["image/gif", gif([300, 200], [10, 10]), 300, 200],
  ["image/gif", gif([1, 1], [300, 200]), 303, 205],
  ["image/avif", avif(size(64, 64), size(800, 600)), 800, 600],
] as const)("the size of a picture is read from its beginning, before a decoder sees it: %s", (type, bytes, width, height) => {
  expect(pictureFormat(bytes)).toEqual({ type, width, height })
})

test("a picture that would take more memory than it may is none, whatever its kind", () => {
  const bombs = [jpeg(65535, 65535), webp.extended(16384, 16384), webp.lossy(16000, 16000), webp.lossless(16384, 16384), gif([1, 1], [65535, 65535]), avif(size(1, 1), size(30000, 30000)), jpeg(0, 10)]
  for (const bytes of bombs) expect(pictureFormat(bytes)).toBeNull()
  const large = png(1, 1, grey)
  large.set(concat(big(60_000), big(60_000)), 16)
  expect(pictureFormat(large)).toBeNull()
})

test("what can hold a script, or is anything else, is no picture that is shown", () => {
  for (const text of ["<svg xmlns='http://www.w3.org/2000/svg'/>", "<!doctype html>", "BM0000000000000000000000", "II*\0", "%PDF-1.7", ""]) expect(pictureFormat(ascii(text))).toBeNull()
  expect(pictureFormat(box("ftyp", ascii("mp42\0\0\0\0")))).toBeNull()
})

test("a beginning that is cut anywhere, or has any byte changed, is a picture or none, and never an error", () => {
  for (const whole of [png(3, 3, grey), jpeg(3, 3).slice(5000), concat(jpeg(3, 3).slice(0, 2), jpeg(3, 3).slice(5006)), webp.lossless(3, 3), webp.extended(3, 3), gif([3, 3], [3, 3]), avif(size(3, 3))]) {
    for (let end = 0; end < whole.length; end++) expect(() => pictureFormat(whole.slice(0, end))).not.toThrow()
    for (let at = 0; at < Math.min(whole.length, 200); at++) expect(() => pictureFormat(whole.map((byte, i) => (i === at ? byte ^ 0xff : byte)))).not.toThrow()
  }
})

test("the small picture of a message is small, or it is not drawn", () => {
  expect(thumbnailFormat(png(24, 18, grey))).toEqual({ type: "image/png", width: 24, height: 18 })
  expect(thumbnailFormat(jpeg(400, 300))).toBeNull()
})
