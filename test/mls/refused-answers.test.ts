import { beforeAll, describe, expect, it } from "vitest"
import type { Extension } from "ts-mls/extension.js"
import type { Proposal } from "ts-mls/proposal.js"
import { decodeWelcome, encodeWelcome } from "ts-mls/welcome.js"
import { INTRODUCTION } from "../../messenger/mls/introduction.ts"
import type { OwnKeyPackage } from "../../messenger/mls/keypackage.ts"
import { concat } from "../../shared/bytes.ts"
import { below } from "../../shared/random.ts"
import { forgeKeyPackage } from "./forge.ts"
import type { Shape } from "./forgeries.ts"
import { welcomeOfShape, wrongCredentials, wrongLeaves } from "./forgeries.ts"
import { seededRandom } from "./random.ts"
import type { Pair } from "./support.ts"
import { createPair, DAY, NOW } from "./support.ts"

const random = seededRandom("refused answers")

let pair: Pair
beforeAll(async () => {
  pair = await createPair("refused answers")
})

function join(welcome: Uint8Array, now = NOW) {
  const { mls, keyPackage } = pair
  return mls.join(keyPackage.keyPackage, keyPackage.secrets, welcome, now)
}

/** What the inviter makes of a Welcome by this guest. */
async function joinBy(own: OwnKeyPackage, shape: Shape = {}) {
  return join((await welcomeOfShape(random, pair, own, shape)).welcome)
}

describe("an answer", () => {
  it("by somebody whose credential is right is accepted", async () => {
    expect((await joinBy(await forgeKeyPackage(random)))?.greeting).toEqual(pair.greeting)
  })

  it.each(wrongCredentials)("by somebody with a credential %s is refused", async (_, wrong) => {
    expect(await joinBy(await forgeKeyPackage(random, wrong))).toBeNull()
  })

  it.each(wrongLeaves)("by a leaf %s is refused", async (_, wrong) => {
    expect(await joinBy(await forgeKeyPackage(random, {}, wrong))).toBeNull()
  })

  it("with the inviter's own stream key is refused", async () => {
    const { stream } = pair.joined.members[1]!
    const own = await forgeKeyPackage(random, { stream })
    expect(await joinBy(own)).toBeNull()
  })

  it("by the inviter's own device is refused", async () => {
    const own = await forgeKeyPackage(random, { deviceSecret: pair.inviter.device.deviceSecret })
    expect(await joinBy(own)).toBeNull()
  })

  it("after the KeyPackage's time is refused", async () => {
    expect(await join(pair.invited.welcome, NOW + 92 * DAY)).toBeNull()
  })

  it("to another KeyPackage, or opened with other secrets, is refused", async () => {
    const { mls, inviter, keyPackage, invited } = pair
    const other = await mls.createKeyPackage(inviter.device, NOW)
    expect(await mls.join(other.keyPackage, other.secrets, invited.welcome, NOW)).toBeNull()
    expect(await mls.join(keyPackage.keyPackage, other.secrets, invited.welcome, NOW)).toBeNull()
    expect(await mls.join(keyPackage.keyPackage, random(50), invited.welcome, NOW)).toBeNull()
  })

  const custom: Extension = { extensionType: 0xf0b1, extensionData: new Uint8Array() }
  const shapes: [string, Shape][] = [
    ["with a group id of another length", { groupId: random(15) }],
    ["with extensions of the group's context", { context: [{ extensionType: "required_capabilities", extensionData: new Uint8Array(3) }] }],
    ["with another GroupInfo extension beside", { more: [custom] }],
    ["without an introduction", { introduction: [custom] }],
    ["with an empty introduction", { introduction: [{ extensionType: INTRODUCTION, extensionData: new Uint8Array() }] }],
    ["with a tree", { tree: true }],
    ["with a tree instead of an introduction", { tree: true, introduction: [] }],
    ["in a later epoch", { before: [] }],
  ]
  it.each(shapes)("%s is refused", async (_, shape) => {
    expect(await joinBy(await forgeKeyPackage(random), shape)).toBeNull()
  })

  it("that adds a third person is refused", async () => {
    const third = await forgeKeyPackage(random)
    const also: Proposal[] = [{ proposalType: "add", add: { keyPackage: third.publicPackage } }]
    expect(await joinBy(await forgeKeyPackage(random), { also })).toBeNull()
  })

  it("altered anywhere is refused", { timeout: 900_000 }, async () => {
    const { welcome } = pair.invited
    const accepted: number[] = []
    for (let at = 0; at < welcome.length; at += at < 64 ? 1 : 1 + below(random, 30)) {
      const altered = welcome.slice()
      altered[at]! ^= 1 << below(random, 8)
      if ((await join(altered)) !== null) accepted.push(at)
    }
    expect(accepted).toEqual([])
  })

  it("cut, extended or random is refused", async () => {
    const { welcome } = pair.invited
    const [decoded] = decodeWelcome(welcome.slice(), 0)!
    const twice = encodeWelcome({ ...decoded, secrets: [decoded.secrets[0]!, decoded.secrets[0]!] })
    const wrong = [welcome.slice(0, -1), welcome.slice(1), concat(welcome, new Uint8Array(1)), new Uint8Array(), random(3127), twice]
    for (const bytes of wrong) expect(await join(bytes)).toBeNull()
  })
})
