import { hkdf } from "@noble/hashes/hkdf.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { concat, Reader, sameBytes, Writer } from "../shared/bytes.ts"
import { HASH_LENGTH, KEY_LENGTH } from "../shared/geometry.ts"
import { utf8 } from "../shared/text.ts"
import type { CodeProblem } from "./api.ts"
import { fromBase32, toBase32 } from "./base32.ts"

/**
 * Contact codes (design.md section 10): 64 characters of base32 in four lines of 16, which are read and checked one by
 * one, so that a typo is found where it is. A line is 9 bytes of the payload and a check byte:
 *
 *   payload = version 1 ‖ first 3 bytes of the network id ‖ SHA-256 of the invitation bundle
 *   check of line n = CRC-8( its 9 bytes ) xor first byte of SHA-256( "sotto v1 code check" ‖ n ‖ all payload before it )
 *
 * The CRC (x^8 + x^2 + x + 1) finds every wrong character of a line and every pair of neighbours that changed places,
 * for certain; a hash alone would let one typo in 256 pass, and in the last line nothing comes after to find it. The
 * hash ties each line to those before it: what slips through one is found by each later one with 255 of 256, and lines
 * in the wrong order or of two codes do not fit together.
 */
const VERSION = 1
const NETWORK_LENGTH = 3
export const CODE_LINES = 4
export const CODE_LINE_CHARACTERS = 16
export const CODE_CHARACTERS = CODE_LINES * CODE_LINE_CHARACTERS
const LINE_PAYLOAD = 9
const CHECK_LABEL = utf8("sotto v1 code check")

/** The contact code of a bundle, 64 characters. `networkId` and `bundleHash` are 32 bytes each. */
export function encodeCode(networkId: Uint8Array, bundleHash: Uint8Array): string {
  if (networkId.length !== HASH_LENGTH || bundleHash.length !== HASH_LENGTH) throw new RangeError("not a hash")
  const payload = new Reader(new Writer().u8(VERSION).put(networkPrefix(networkId)).put(bundleHash).done())
  const before: Uint8Array[] = []
  let code = ""
  for (let line = 1; line <= CODE_LINES; line++) {
    const part = payload.take(LINE_PAYLOAD)
    code += toBase32(new Writer().put(part).u8(checkByte(line, concat(...before), part)).done())
    before.push(part)
  }
  return code
}

/** Lines of four groups of four, for reading aloud and typing. */
export function formatCode(code: string): string {
  return linesOf(code).map((line) => line.match(/.{1,4}/g)!.join(" ")).join("\n")
}

/** The app's URL with the code behind the #, which browsers keep to themselves: no server sees it. */
export function codeLink(appUrl: string, code: string): string {
  return `${appUrl.replace(/#.*$/s, "")}#code/${code}`
}

/**
 * Reads a code as people type, paste or scan it: the characters themselves, with spaces, line breaks and dashes
 * anywhere and in either case, or a link with the code in its fragment, or a web+sotto: URI; a link is found in a text.
 * 0 is read as O and 8 as B; 1 is read as I or L, whichever fits the check.
 *
 * The lines that are complete are checked first, and the first that does not fit is named, for a missing or doubled
 * character is there. Whether the code is one's own or known is for the caller to say.
 */
export function parseCode(text: string, networkId: Uint8Array): { ok: true; bundleHash: Uint8Array } | ({ ok: false } & CodeProblem) {
  const code = codeIn(text)
    .normalize("NFKC") // full-width letters of an East Asian keyboard
    .replace(IGNORED, "")
    .toUpperCase()
    .replaceAll("0", "O")
    .replaceAll("8", "B")
  if (!/^[A-Z1-79]*$/.test(code)) return { ok: false, problem: "not-a-code" }
  // Far too long for a slip of the finger: a line number would help nobody.
  if (code.length > CODE_CHARACTERS + CODE_LINE_CHARACTERS) return { ok: false, problem: "too-long" }

  const complete = linesOf(code).filter((line) => line.length === CODE_LINE_CHARACTERS).slice(0, CODE_LINES)
  const { payload, failed } = readLines(complete)
  const reader = new Reader(payload)
  // Another version may have other lines, so it is asked for as soon as the first line holds.
  if (payload.length > 0 && reader.u8() !== VERSION) return { ok: false, problem: "version" }
  if (failed !== null) return { ok: false, problem: "typo", part: failed }
  if (payload.length > 0 && !sameBytes(reader.take(NETWORK_LENGTH), networkPrefix(networkId))) return { ok: false, problem: "other-network" }
  if (code.length < CODE_CHARACTERS) return { ok: false, problem: "too-short" }
  if (code.length > CODE_CHARACTERS) return { ok: false, problem: "too-long" }
  return { ok: true, bundleHash: reader.take(HASH_LENGTH) }
}

export interface InvitationKeys {
  /** Seed of the Ed25519 key pair whose public key is the box where the bundle lies. */
  readonly bundleBoxSeed: Uint8Array
  readonly bundleKey: Uint8Array
  /** Seed of the key pair of the box for the guest's answer. */
  readonly answerBoxSeed: Uint8Array
  readonly answerKey: Uint8Array
}

/** What everybody who has the code can derive: HKDF-SHA256 (RFC 5869) of the bundle's hash, no salt, 32 bytes each. */
export function deriveInvitation(bundleHash: Uint8Array): InvitationKeys {
  if (bundleHash.length !== HASH_LENGTH) throw new RangeError("not a hash")
  const derive = (label: string) => hkdf(sha256, bundleHash, undefined, utf8(label), KEY_LENGTH)
  return {
    bundleBoxSeed: derive("sotto v1 bundle box"),
    bundleKey: derive("sotto v1 bundle key"),
    answerBoxSeed: derive("sotto v1 answer box"),
    answerKey: derive("sotto v1 answer key"),
  }
}

/** Blanks, every dash that a keyboard or a corrector makes, and invisible format characters. */
const IGNORED = /[\s\p{Pd}\p{Cf}\u2212]/gu

/** What stands where the code is expected: behind the mark of a link or URI, or all of the text. */
function codeIn(text: string): string {
  const link = /(?:#\/?code\/|web\+sotto:(?:\/\/)?)(.*)$/is.exec(text)
  if (link === null) return text
  const rest = link[1]!.trim()
  const [word = ""] = rest.split(/\s/, 1)
  // A mail program may have broken the link; else what follows is the sentence that the link stands in.
  return word.length < CODE_CHARACTERS ? rest : word.replace(/[^a-z0-9]+$/i, "")
}

function linesOf(code: string): string[] {
  return code.match(/.{1,16}/g) ?? []
}

function networkPrefix(networkId: Uint8Array): Uint8Array {
  return new Reader(networkId).take(NETWORK_LENGTH)
}

interface LinesRead {
  /** Of the lines that hold, from the first on. */
  readonly payload: Uint8Array
  /** The first line that does not hold, from 1, or null. */
  readonly failed: number | null
}

/**
 * Follows every reading of the lines and returns the one that comes farthest. Readings differ only where a 1 stands;
 * the check of a line leaves one of them, as a rule, so this stays a walk along one path.
 */
function readLines(lines: readonly string[], line = 1, payload: Uint8Array = new Uint8Array(0)): LinesRead {
  const text = lines[line - 1]
  if (text === undefined) return { payload, failed: null }
  let farthest: LinesRead = { payload, failed: line }
  for (const reading of readings(text)) {
    const reader = new Reader(fromBase32(reading))
    const part = reader.take(LINE_PAYLOAD)
    if (reader.u8() !== checkByte(line, payload, part)) continue
    const read = readLines(lines, line + 1, concat(payload, part))
    if (read.failed === null) return read
    if (read.payload.length > farthest.payload.length) farthest = read
  }
  return farthest
}

/** More ones in a line than this are no reading mistake, and are not tried. */
const ONES_MAX = 6

/** The lines that may be meant: each 1 an I or an L. None where a character is in no alphabet of ours. */
function readings(line: string): string[] {
  if (line.includes("9")) return []
  const [first = "", ...others] = line.split("1")
  if (others.length > ONES_MAX) return []
  return others.reduce((made, piece) => made.flatMap((start) => [`${start}I${piece}`, `${start}L${piece}`]), [first])
}

function checkByte(line: number, before: Uint8Array, part: Uint8Array): number {
  const hash = sha256(new Writer().put(CHECK_LABEL).u8(line).put(before).done())
  return crc8(part) ^ hash[0]!
}

/** CRC-8 with the polynomial x^8 + x^2 + x + 1, from 0, highest bit first. */
function crc8(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x107) & 0xff : crc << 1
  }
  return crc
}
