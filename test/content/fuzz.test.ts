import { expect, test } from "vitest"
import { actOf, deletionMessage, reactionMessage, timerMessage, timerOf } from "../../messenger/content/acts.ts"
import { decodeContent, encodeContent } from "../../messenger/content/codec.ts"
import { DISPOSITION, NO_EXTENSIONS } from "../../messenger/content/content.ts"
import type { MimiContent, Part } from "../../messenger/content/content.ts"
import { plainText, textMessage } from "../../messenger/content/text.ts"
import { compareBytes, concat, fromHex, WireError } from "../../shared/bytes.ts"
import { below } from "../../shared/random.ts"
import { cpuTime, takenBy } from "../cpu-time.ts"
import { seeded } from "../sim/sim-network.ts"

/** A million by `CONTENT_FUZZ=1000000`, with another seed by `CONTENT_SEED`. */
const INPUTS = Number(process.env.CONTENT_FUZZ ?? 8_000)
const SEED = process.env.CONTENT_SEED ?? "content"

/** How many of the slowest are read once more, alone: what the machine or the collection of garbage took then is not theirs. */
const SLOWEST = 10

const SALT = new Uint8Array(16)
const ID = Uint8Array.of(1, ...new Uint8Array(31).fill(5))
const none = new Uint8Array(0)
const external: Part = { kind: "external", disposition: DISPOSITION.attachment, language: "", contentType: "image/png", url: "a:b", expires: 9, size: 2 ** 40, encAlg: 1, key: ID, nonce: SALT, aad: none, hashAlg: 1, contentHash: ID, description: "d", filename: "f" }
const unknown = ["f6", "820102", "a10a43010203", "fb3ff199999999999a", "c249010000000000000000"].map((value, key) => ({ key: 300 + key, value: fromHex(value) }))
const body: Part = { kind: "multi", disposition: DISPOSITION.render, language: "de", semantics: "processAll", parts: [textMessage("ä", SALT).body, external] }

const seeds: MimiContent[] = [
  textMessage("hello", SALT, { inReplyTo: ID, replaces: ID, expires: { relative: true, time: 60 }, topicId: ID }),
  deletionMessage(ID, SALT),
  reactionMessage(ID, ["❤", "+1"], ID, SALT),
  timerMessage({ seconds: 3600, turn: 300 }, SALT),
  { ...textMessage("", SALT), extensions: { ...NO_EXTENSIONS, senderUri: "a:b", unknown }, body },
]

test(`whatever bytes come as a message, they are refused or mean exactly themselves, and so does all that is read in them (seed ${SEED})`, () => {
  const encoded = seeds.map(encodeContent)
  const random = seeded(SEED)
  // Heads of items that claim much, besides single bytes.
  const heads = ["9f", "bf", "5f", "7f", "ff", "1bffffffffffffffff", "9affffffff", "ba7fffffff", "5affffffff", "d8ff", "f97e00", "fa00000001"].map(fromHex)
  let taken = 0
  const slowest: { readonly bytes: Uint8Array; readonly ms: number }[] = []
  for (let i = 0; i < INPUTS; i++) {
    let bytes = encoded[below(random, encoded.length)]!
    for (let changes = 1 + below(random, 3); changes > 0; changes--) {
      const from = below(random, bytes.length + 1)
      const until = Math.min(bytes.length, from + below(random, 4))
      const kind = below(random, 8)
      // The same head in a longer form, which is to be refused.
      if (kind === 1 && from < bytes.length && (bytes[from]! & 31) < 24) {
        bytes = concat(bytes.slice(0, from), Uint8Array.of((bytes[from]! & 0xe0) | 24, bytes[from]! & 31), bytes.slice(from + 1))
        continue
      }
      const piece = kind === 0 ? heads[below(random, heads.length)]! : random(below(random, 3))
      bytes = concat(bytes.slice(0, from), piece, bytes.slice(until))
    }
    const begun = cpuTime()
    if (reads(bytes)) taken++
    const ms = cpuTime() - begun
    if (slowest.length === SLOWEST && ms <= slowest.at(-1)!.ms) continue
    slowest.push({ bytes, ms })
    slowest.sort((a, b) => b.ms - a.ms).splice(SLOWEST)
  }
  // Not all is refused: then nothing would be tried.
  expect(taken).toBeGreaterThan(INPUTS / 20)
  if (process.env.CONTENT_FUZZ === undefined) return
  const alone = slowest.map(({ bytes }) => Math.min(...Array.from({ length: 5 }, () => takenBy(() => reads(bytes)))))
  console.log(`${INPUTS} inputs, ${taken} taken; the slowest took ${slowest[0]!.ms.toFixed(1)} ms of CPU time, and of the slowest ${SLOWEST}, again and alone, none more than ${Math.max(...alone).toFixed(2)} ms (best of 5)`)
}, 1_800_000)

/** False where it is refused, in the one way that is. */
function reads(bytes: Uint8Array): boolean {
  try {
    const content = decodeContent(bytes)
    if (compareBytes(encodeContent(content), bytes) !== 0) throw new Error("means other bytes")
    plainText(content)
    refusable(() => actOf(content))
    refusable(() => timerOf(content))
    return true
  } catch (error) {
    if (error instanceof WireError) return false
    throw error
  }
}

function refusable(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
  }
}
