import { beforeAll, describe, expect, it } from "vitest"
import { decodeGroupState } from "ts-mls/clientState.js"
import { createCommit } from "ts-mls/createCommit.js"
import { createApplicationMessage, createProposal } from "ts-mls/createMessage.js"
import { encodeMlsMessage } from "ts-mls/message.js"
import { protectApplicationData } from "ts-mls/messageProtection.js"
import type { Proposal } from "ts-mls/proposal.js"
import { createPostQuantumSuite } from "../../messenger/mls/ciphersuite.ts"
import { concat } from "../../shared/bytes.ts"
import { below } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"
import { forgeKeyPackage } from "./forge.ts"
import { welcomeOfShape } from "./forgeries.ts"
import { seededRandom } from "./random.ts"
import type { Pair } from "./support.ts"
import { createPair, NOW } from "./support.ts"

const random = seededRandom("refused messages")
const suite = createPostQuantumSuite(random)

let pair: Pair
beforeAll(async () => {
  pair = await createPair("refused messages")
})

describe("a message", () => {
  it("altered in any byte is refused, and the state goes on", { timeout: 900_000 }, async () => {
    const { mls, invited, joined } = pair
    const { message } = await mls.seal(invited.state, utf8("text"), utf8("data"))
    const problems = new Set<string>()
    for (let at = 0; at < message.length; at++) {
      const altered = message.slice()
      altered[at]! ^= 1 << below(random, 8)
      const opened = await mls.open(joined.state, altered)
      expect(opened.ok, `byte ${at}`).toBe(false)
      if (!opened.ok) problems.add(opened.problem)
    }
    expect(problems).toContain("malformed")
    expect(problems).toContain("other-epoch")
    expect((await mls.open(joined.state, message)).ok).toBe(true)
  })

  it("by a member who names another group in it is refused", async () => {
    const { invited, joined, mls } = pair
    const [state] = decodeGroupState(invited.state.slice(1), 0)!
    const groupContext = { ...state.groupContext, groupId: random(16) }
    const { privateMessage } = await protectApplicationData(
      state.signaturePrivateKey,
      state.keySchedule.senderDataSecret,
      utf8("text"),
      new Uint8Array(),
      groupContext,
      state.secretTree,
      0,
      { kind: "alwaysPad", paddingLength: 0 },
      suite,
    )
    const message = encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage })
    expect(await mls.open(joined.state, message)).toEqual({ ok: false, problem: "malformed" })
  })

  it("signed by another than the member it names is refused", async () => {
    const { invited, joined, mls } = pair
    const [state] = decodeGroupState(invited.state.slice(1), 0)!
    const { privateMessage } = await protectApplicationData(
      random(32),
      state.keySchedule.senderDataSecret,
      utf8("text"),
      new Uint8Array(),
      state.groupContext,
      state.secretTree,
      0,
      { kind: "alwaysPad", paddingLength: 0 },
      suite,
    )
    const message = encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage })
    expect(await mls.open(joined.state, message)).toEqual({ ok: false, problem: "malformed" })
  })

  it("cut, extended, random or of another kind is refused", async () => {
    const { mls, invited, joined, keyPackage } = pair
    const { message } = await mls.seal(invited.state, utf8("text"))
    const wrong = [message.slice(0, -1), message.slice(1), concat(message, new Uint8Array(1)), new Uint8Array(), random(646)]
    for (const bytes of wrong) expect(await mls.open(joined.state, bytes)).toEqual({ ok: false, problem: "malformed" })
    const header = (wireformat: number) => new Uint8Array([0, 1, 0, wireformat])
    for (const [wireformat, body] of [
      [1, random(100)],
      [3, invited.welcome],
      [4, random(100)],
      [5, keyPackage.keyPackage],
    ] as const)
      expect(await mls.open(joined.state, concat(header(wireformat), body))).toEqual({ ok: false, problem: "not-a-message" })
    expect(await mls.open(joined.state, concat(header(6), random(100)))).toEqual({ ok: false, problem: "malformed" })
  })

  it("that is a proposal or a commit is named so, and so is one of a later epoch", async () => {
    const other = await createPair("with commits")
    const { welcome, state } = await welcomeOfShape(random, other, await forgeKeyPackage(random))
    const joined = await other.mls.join(other.keyPackage.keyPackage, other.keyPackage.secrets, welcome, NOW)
    if (joined === null) throw new Error("could not join")
    const remove: Proposal = { proposalType: "remove", remove: { removed: 1 } }
    const proposal = await createProposal(state, false, remove, suite)
    const update = await createCommit({ state: state, cipherSuite: suite })
    const inPublic = await createCommit({ state: state, cipherSuite: suite }, { wireAsPublicMessage: true })
    for (const message of [proposal.message, update.commit, inPublic.commit])
      expect(await other.mls.open(joined.state, encodeMlsMessage(message))).toEqual({ ok: false, problem: "not-a-message" })

    const { privateMessage } = await createApplicationMessage(update.newState, utf8("later"), suite)
    const later = encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage })
    expect(await other.mls.open(joined.state, later)).toEqual({ ok: false, problem: "other-epoch" })
  })
})
