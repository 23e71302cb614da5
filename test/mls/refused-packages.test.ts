import { beforeAll, describe, expect, it } from "vitest"
import type { KeyPackage } from "ts-mls/keyPackage.js"
import { encodeKeyPackage, signKeyPackage } from "ts-mls/keyPackage.js"
import type { LeafNodeKeyPackage } from "ts-mls/leafNode.js"
import { signLeafNodeKeyPackage } from "ts-mls/leafNode.js"
import { createClassicalSuite, createPostQuantumSuite } from "../../messenger/mls/ciphersuite.ts"
import { checkCredential, CREDENTIAL_LENGTH } from "../../messenger/mls/credential.ts"
import { xwing } from "../../messenger/mls/kem.ts"
import type { OwnKeyPackage } from "../../messenger/mls/keypackage.ts"
import { clientConfig } from "../../messenger/mls/members.ts"
import { MlsError } from "../../messenger/mls/mls.ts"
import { concat } from "../../shared/bytes.ts"
import { below } from "../../shared/random.ts"
import { forgeCredential, forgeKeyPackage } from "./forge.ts"
import { wrongCredentials, wrongLeaves } from "./forgeries.ts"
import { seededRandom } from "./random.ts"
import type { Pair } from "./support.ts"
import { createPair, DAY, NOW } from "./support.ts"

const random = seededRandom("refused packages")
const suite = createPostQuantumSuite(random)

let pair: Pair
beforeAll(async () => {
  pair = await createPair("refused packages")
})

describe("a foreign KeyPackage", () => {
  async function expectRefused(own: OwnKeyPackage): Promise<void> {
    const { mls, guest, greeting } = pair
    const bytes = encodeKeyPackage(own.publicPackage)
    expect(await mls.inspectKeyPackage(bytes, NOW)).toBeNull()
    await expect(mls.invite(guest.device, bytes, greeting, NOW)).rejects.toThrow(MlsError)
  }

  it("that is right is accepted, and says whose it is", async () => {
    const { mls, inviter, keyPackage } = pair
    const { identityPublic, devicePublic } = inviter.device
    const { stream } = pair.joined.members[1]!
    expect(await mls.inspectKeyPackage(keyPackage.keyPackage, NOW)).toEqual({ identity: identityPublic, device: devicePublic, stream })
    const forged = await forgeKeyPackage(random)
    expect(await mls.inspectKeyPackage(encodeKeyPackage(forged.publicPackage), NOW)).not.toBeNull()
  })

  it("is good for 90 days, and a day early for those whose clock is behind", async () => {
    const { mls, keyPackage } = pair
    for (const [days, good] of [[-2, false], [-0.9, true], [89, true], [92, false]] as const)
      expect((await mls.inspectKeyPackage(keyPackage.keyPackage, NOW + days * DAY)) !== null).toBe(good)
  })

  it.each(wrongCredentials)("with a credential %s is refused", async (_, wrong) => {
    await expectRefused(await forgeKeyPackage(random, wrong))
  })

  it.each(wrongLeaves)("%s is refused", async (_, wrong) => {
    await expectRefused(await forgeKeyPackage(random, {}, wrong))
  })

  it("with an extension of its own is refused", async () => {
    const packageExtensions = [{ extensionType: 0xf0b1, extensionData: new Uint8Array() }]
    await expectRefused(await forgeKeyPackage(random, {}, { packageExtensions }))
  })

  async function resigned(change: Partial<KeyPackage>, leafChange: Partial<LeafNodeKeyPackage>, signLeaf = true): Promise<OwnKeyPackage> {
    const own = await forgeKeyPackage(random)
    const { signaturePrivateKey } = own.privatePackage
    const changed = { ...own.publicPackage.leafNode, ...leafChange }
    const leafNode = signLeaf ? await signLeafNodeKeyPackage(changed, signaturePrivateKey, suite.signature) : changed
    const publicPackage = await signKeyPackage({ ...own.publicPackage, ...change, leafNode }, signaturePrivateKey, suite.signature)
    return { ...own, publicPackage }
  }

  it("with keys that cannot be sealed to, or one key in both places, is refused", async () => {
    const { publicKey } = xwing.generate(random)
    const { publicKey: other } = xwing.generate(random)
    const smallOrder = publicKey.slice().fill(0, 1184)
    const good = encodeKeyPackage((await resigned({ initKey: other }, { hpkePublicKey: publicKey })).publicPackage)
    expect(await pair.mls.inspectKeyPackage(good, NOW)).not.toBeNull()
    await expectRefused(await resigned({ initKey: smallOrder }, {}))
    await expectRefused(await resigned({ initKey: publicKey.slice(1) }, {}))
    await expectRefused(await resigned({}, { hpkePublicKey: smallOrder }))
    await expectRefused(await resigned({}, { hpkePublicKey: publicKey.slice(1) }))
    await expectRefused(await resigned({ initKey: publicKey }, { hpkePublicKey: publicKey }))
  })

  it("whose leaf is not signed is refused, though the package is", async () => {
    await expectRefused(await resigned({}, { hpkePublicKey: xwing.generate(random).publicKey }, false))
  })

  it("of another suite is refused", async () => {
    await expectRefused(await forgeKeyPackage(random, {}, { suite: createClassicalSuite(1, random) }))
  })

  it("altered anywhere is refused", { timeout: 900_000 }, async () => {
    const { mls, keyPackage } = pair
    const refused: number[] = []
    for (let at = 0; at < keyPackage.keyPackage.length; at += at < 16 ? 1 : 1 + below(random, 40)) {
      const altered = keyPackage.keyPackage.slice()
      altered[at]! ^= 1 << below(random, 8)
      if ((await mls.inspectKeyPackage(altered, NOW)) !== null) refused.push(at)
    }
    expect(refused).toEqual([])
  })

  it("cut, extended or random is refused", async () => {
    const { mls, keyPackage } = pair
    const { keyPackage: whole } = keyPackage
    const wrong = [whole.slice(0, -1), whole.slice(1), concat(whole, new Uint8Array(1)), new Uint8Array(), random(2881), random(100_000)]
    for (const bytes of wrong) expect(await mls.inspectKeyPackage(bytes, NOW)).toBeNull()
  })
})

describe("a credential", () => {
  it("altered in any byte is refused", () => {
    const leafKey = random(32)
    const credential = forgeCredential(random, leafKey, {})
    expect(credential.length).toBe(CREDENTIAL_LENGTH)
    expect(checkCredential(credential, leafKey, NOW)).not.toBeNull()
    for (let at = 0; at < credential.length; at++) {
      const altered = credential.slice()
      altered[at]! ^= 1 << below(random, 8)
      expect(checkCredential(altered, leafKey, NOW)).toBeNull()
    }
  })
})

it("the library asks for every credential, and lets nobody in where no time is given", async () => {
  const own = await forgeKeyPackage(random)
  const wrong = await forgeKeyPackage(random, { device: random(32) })
  const ask = (now: number | null, { publicPackage: { leafNode } }: OwnKeyPackage) =>
    clientConfig(now).authService.validateCredential(leafNode.credential, leafNode.signaturePublicKey)
  expect(await Promise.all([ask(NOW, own), ask(NOW, wrong), ask(null, own)])).toEqual([true, false, false])
})
