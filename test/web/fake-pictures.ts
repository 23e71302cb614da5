/** Bytes of pictures and sounds for the app of canned data, made on the spot: nothing has to be stored for them. */
import { concat, Writer } from "../../shared/bytes.ts"

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return (sum ^ 0xffffffff) >>> 0
}

function chunk(name: string, body: Uint8Array): Uint8Array {
  const named = concat(ascii(name), body)
  return new Writer().u32(body.length).put(named).u32(crc(named)).done()
}

function adler(bytes: Uint8Array): number {
  let [a, b] = [1, 0]
  for (const byte of bytes) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return b * 65536 + a
}

/** What zlib calls stored: nothing is made smaller. */
function stored(bytes: Uint8Array): Uint8Array {
  const writer = new Writer().u8(0x78).u8(0x01)
  for (let at = 0; at < bytes.length; at += 0xffff) {
    const part = bytes.subarray(at, at + 0xffff)
    const little = (n: number) => writer.u8(n % 256).u8(n >> 8)
    writer.u8(at + part.length === bytes.length ? 1 : 0)
    little(part.length)
    little(0xffff - part.length)
    writer.put(part)
  }
  return writer.u32(adler(bytes)).done()
}

/** PNG (RFC 2083), 8 bits of red, green and blue; `paint` is asked for each point, from 0 to 1 across and down. */
export function png(width: number, height: number, paint: (x: number, y: number) => readonly [number, number, number]): Uint8Array {
  const rows = new Uint8Array(height * (1 + 3 * width))
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows.set(paint(x / width, y / height).map((n) => Math.max(0, Math.min(255, n))), y * (1 + 3 * width) + 1 + 3 * x)
  const head = new Writer().u32(width).u32(height).put(Uint8Array.of(8, 2, 0, 0, 0)).done()
  return concat(ascii("\x89PNG\r\n\x1a\n"), chunk("IHDR", head), chunk("IDAT", stored(rows)), chunk("IEND", new Uint8Array(0)))
}

/** Hills behind a lake in the evening. */
export function landscape(x: number, y: number): readonly [number, number, number] {
  const hill = (high: number, waves: number, shift: number) => 0.62 - high * (0.6 + 0.4 * Math.sin(waves * x + shift)) - 0.015 * Math.sin(31 * x + shift)
  if (y > 0.66) return [70 + 60 * (1 - y) + 14 * Math.sin(140 * y + 9 * x), 96 + 70 * (1 - y), 122 + 40 * (1 - y)]
  if (y > hill(0.08, 9, 2)) return [38, 58, 62]
  if (y > hill(0.2, 6, 0.4)) return [72, 96, 104]
  if (y > hill(0.34, 4, 4)) return [126, 140, 150]
  const sun = Math.hypot(x - 0.72, (y - 0.2) * 0.8) < 0.05
  return sun ? [255, 244, 214] : [238 - 40 * (0.6 - y), 196 - 10 * (0.6 - y), 160 + 90 * (0.6 - y)]
}

/** A sound of some seconds, WAV: 8 bits, 8,000 times a second. */
export function sound(seconds: number): Uint8Array {
  const rate = 8000
  const samples = Uint8Array.from({ length: rate * seconds }, (_, at) => 128 + 50 * Math.sin(at / 9) * Math.max(0, Math.sin(at / 1700)))
  const little = (n: number) => Uint8Array.of(n % 256, (n >> 8) % 256, (n >> 16) % 256, n >>> 24)
  const format = concat(little(16), Uint8Array.of(1, 0, 1, 0), little(rate), little(rate), Uint8Array.of(1, 0, 8, 0))
  return concat(ascii("RIFF"), little(36 + samples.length), ascii("WAVEfmt "), format, ascii("data"), little(samples.length), samples)
}
