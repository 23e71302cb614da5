import { expect, test } from "vitest"
import { encodeConfirmation } from "../../messenger/confirmation.ts"
import type { BlockRecord } from "../../messenger/records.ts"
import { concat } from "../../shared/bytes.ts"
import { CONTENT_LENGTH } from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { uniform } from "../../shared/random.ts"
import { seeded } from "../sim/sim-network.ts"
import { begin, blockWith, data, plaintext, Victim } from "./victim.ts"

const SEED = process.env.HOSTILE_SEED ?? "hostile"
const BOXES = 1500

test(`whatever a contact with valid keys writes is contained and counted, and neither their own nor others' honest messages suffer (seed ${SEED})`, async () => {
  const random = seeded(SEED)
  const below = (n: number) => Math.floor(uniform(random) * n)
  const anna = await Victim.start(await begin(SEED))
  const { eve, ben } = anna
  /** Records that were written before, to be played again. */
  const written: BlockRecord[] = []
  const types = ["message", "confirmation", "bundle", "answer", "void", "statement"] as const
  const garbled = (bytes: Uint8Array) => {
    const changed = bytes.slice(0, below(3) === 0 ? below(bytes.length) : bytes.length)
    for (let i = below(4); i > 0 && changed.length > 0; i--) changed[below(changed.length)]! ^= 1 << below(8)
    return changed
  }
  const nested = (depth: number) => concat(new Uint8Array(depth).fill(0x81), new Uint8Array(1))
  const hostile: (() => void | Promise<void>)[] = [
    () => eve.content(sized("Content", random(CONTENT_LENGTH))),
    () => eve.block(blockWith(random(3488))),
    () => eve.block(blockWith(new Uint8Array([1 + below(20), below(6), below(16), below(256)]))),
    () => eve.records(...Array.from({ length: 1 + below(40) }, () => ({ type: types[below(types.length)]!, bytes: random(below(40)) }))),
    async () => eve.records({ type: "message", bytes: garbled((await eve.text("garbled")).bytes) }),
    async () => eve.records(await eve.message(garbled(plaintext("garbled content")))),
    async () => eve.records(await eve.message(nested(1 + below(3000)))),
    async () => eve.records(await eve.message(new Uint8Array([0x87, 0x50, ...random(16), 0xf6, 0x40, 0xf6, 0xf6, 0xbb, 255, 255, 255, 255, 255, 255, 255, 255]))),
    async () => eve.records(await eve.message(plaintext("odd data"), random(below(60)))),
    async () => eve.records(await eve.message(plaintext("version"), data(0, 2 + below(200)))),
    () => written.length > 0 && eve.records(written[below(written.length)]!),
    () => eve.records({ type: "confirmation", bytes: encodeConfirmation({ leaf: below(3), epoch: below(3), next: 1 + below(2 ** 31) }) }),
    // The first pieces of records that never end, and pieces of records that never began.
    () => eve.block(blockWith(concat(new Uint8Array([1, 2 + below(2), 0, below(100)]), random(below(100))))),
    () => eve.block(blockWith(new Uint8Array([1, 1, 0, 0]))),
  ]
  const honest = { eve: [] as string[], ben: [] as string[] }
  for (let box = 0; box < BOXES; box++) {
    await hostile[below(hostile.length)]!()
    if (box % 100 === 50) {
      const record = await eve.text(`eve ${box}`)
      honest.eve.push(`eve ${box}`)
      written.push(record)
      eve.records(record)
      honest.ben.push(`ben ${box}`)
      ben.records(await ben.text(honest.ben.at(-1)!))
    }
  }
  // Ben is read at once, whatever lies in the other stream; Eve's is read to its end, at the pace that is left to it.
  let slots = 0
  for (; slots < 200; slots++) await anna.slot(slots % 4 === 3 ? "held" : "quick")
  expect(await anna.texts(ben.contact)).toEqual(honest.ben)
  // Time passes, so that the pace allows it.
  for (let idle = 0; idle < 8; slots++) {
    if (!(await anna.slot(slots % 4 === 3 ? "held" : "quick"))) anna.now += 120_000
    idle = anna.next(eve.contact) >= eve.written ? idle + 1 : 0
    if (slots > 20_000) break
  }
  expect(anna.next(eve.contact)).toBe(eve.written)
  expect((await anna.texts(eve.contact)).filter((text) => text.startsWith("eve "))).toEqual(honest.eve)
  const lines = (await anna.run("quarantine", {})).lines
  expect(new Set(lines.map(({ contact }) => contact))).toEqual(new Set([eve.contact]))
  expect(lines.length).toBeLessThanOrEqual(9)
  for (const reason of ["unsealed", "malformed", "unreadable", "replayed", "lying", "flood"] as const) expect(await anna.kept(eve.contact)).toMatchObject({ [reason]: expect.any(Number) as number })
}, 900_000)
