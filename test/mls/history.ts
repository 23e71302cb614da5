import { expect } from "vitest"
import type { ClientConfig } from "ts-mls/clientConfig.js"
import type { ClientState } from "ts-mls/clientState.js"
import { createGroup, decodeGroupState, encodeGroupState, joinGroup, makePskIndex } from "ts-mls/clientState.js"
import { createCommit } from "ts-mls/createCommit.js"
import { createApplicationMessage, createProposal } from "ts-mls/createMessage.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { Extension } from "ts-mls/extension.js"
import { acceptAll } from "ts-mls/incomingMessageAction.js"
import type { KeyPackage, PrivateKeyPackage } from "ts-mls/keyPackage.js"
import { decodeKeyPackage, encodeKeyPackage, generateKeyPackage } from "ts-mls/keyPackage.js"
import { initializeEpoch, mlsExporter } from "ts-mls/keySchedule.js"
import { defaultKeyPackageEqualityConfig } from "ts-mls/keyPackageEqualityConfig.js"
import type { MLSMessage } from "ts-mls/message.js"
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js"
import { processMessage } from "ts-mls/processMessages.js"
import type { Proposal } from "ts-mls/proposal.js"
import { emptyPskIndex } from "ts-mls/pskIndex.js"
import { decodeWelcome, encodeWelcome } from "ts-mls/welcome.js"
import { toHex } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import { below, pick } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"

const EXTENSION_TYPES = [0xf0b1, 0xf0b2, 0xf0b3]
const NOTHING = new Uint8Array()

const config: ClientConfig = {
  keyRetentionConfig: { retainKeysForGenerations: 20, maximumForwardRatchetSteps: 100, retainKeysForEpochs: 3 },
  lifetimeConfig: { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false, currentTime: 1000n },
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: { kind: "alwaysPad", paddingLength: 0 },
  authService: { validateCredential: async () => true },
}

export interface Client {
  readonly name: string
  state: ClientState
}

interface Newcomer {
  readonly name: string
  readonly publicPackage: KeyPackage
  readonly privatePackage: PrivateKeyPackage
}

export type Step = "add" | "remove" | "add and remove" | "update" | "context" | "context and remove" | "by reference"
const STEPS: Step[] = ["add", "add", "add", "remove", "add and remove", "update", "update", "context", "context and remove", "by reference"]

/** A group whose members do what chance says, and which compares everything that they must agree on. */
export class History {
  readonly members: Client[] = []
  /** States of members at the moment before they were removed. */
  readonly removed: Client[] = []
  readonly suite: CiphersuiteImpl
  readonly #random: Random
  readonly #most: number
  #names = 0

  constructor(suite: CiphersuiteImpl, random: Random, most: number) {
    this.suite = suite
    this.#random = random
    this.#most = most
  }

  async newcomer(): Promise<Newcomer> {
    const name = `member ${this.#names++}`
    const made = await generateKeyPackage(
      { credentialType: "basic", identity: utf8(name) },
      {
        versions: ["mls10"],
        ciphersuites: [this.suite.name],
        extensions: EXTENSION_TYPES,
        proposals: [],
        credentials: ["basic"],
      },
      { notBefore: 0n, notAfter: 2000n },
      [],
      this.suite,
    )
    return { name, ...made, publicPackage: decodeKeyPackage(encodeKeyPackage(made.publicPackage), 0)![0] }
  }

  async begin(): Promise<void> {
    const founder = await this.newcomer()
    const state = await createGroup(this.#random(16), founder.publicPackage, founder.privatePackage, [], this.suite, config)
    this.members.push({ name: founder.name, state })
  }

  /** One random commit and all that follows from it. */
  async step(): Promise<Step> {
    const possible = STEPS.filter((step) => this.#isPossible(step))
    const step = pick(this.#random, possible)
    const committer = pick(this.#random, this.members)
    const newcomers: Newcomer[] = []
    const leaving: Client[] = []
    const proposals: Proposal[] = []
    if (step === "add" || step === "add and remove") {
      const room = this.#most - this.members.length + (step === "add" ? 0 : 1)
      const count = Math.min(room, 1 + below(this.#random, 3))
      for (let i = 0; i < count; i++) newcomers.push(await this.newcomer())
    }
    if (step === "remove" || step === "add and remove" || step === "context and remove") {
      leaving.push(pick(this.#random, this.members.filter((member) => member !== committer)))
    }
    for (const { publicPackage } of newcomers) proposals.push({ proposalType: "add", add: { keyPackage: publicPackage } })
    for (const { state } of leaving) proposals.push({ proposalType: "remove", remove: { removed: state.privatePath.leafIndex } })
    let extensions: Extension[] | undefined
    if (step === "context" || step === "context and remove") {
      extensions = this.#extensions()
      proposals.push({ proposalType: "group_context_extensions", groupContextExtensions: { extensions } })
    }
    if (step === "by reference") {
      const leaver = await this.#proposeByReference(committer, newcomers)
      if (leaver) leaving.push(leaver)
    }
    await this.commit(committer, proposals, newcomers, leaving)
    if (extensions) expect(committer.state.groupContext.extensions).toEqual(extensions)
    await this.talk()
    return step
  }

  #isPossible(step: Step): boolean {
    const count = this.members.length
    if (step === "add") return count < this.#most
    if (step === "remove" || step === "context and remove") return count > 2
    if (step === "add and remove") return count > 1
    if (step === "by reference") return count > 2 && count < this.#most
    return true
  }

  #extensions(): Extension[] {
    const types = EXTENSION_TYPES.slice(0, below(this.#random, EXTENSION_TYPES.length + 1))
    return types.map((extensionType) => ({ extensionType, extensionData: this.#random(below(this.#random, 40)) }))
  }

  /** Somebody else proposes to add or to remove; the committer's commit will refer to it. */
  async #proposeByReference(committer: Client, newcomers: Newcomer[]): Promise<Client | null> {
    const others = this.members.filter((member) => member !== committer)
    const proposer = pick(this.#random, others)
    const isAdd = below(this.#random, 2) === 0
    const leaver = isAdd ? null : pick(this.#random, others.filter((member) => member !== proposer))
    let proposal: Proposal
    if (leaver) proposal = { proposalType: "remove", remove: { removed: leaver.state.privatePath.leafIndex } }
    else {
      const newcomer = await this.newcomer()
      newcomers.push(newcomer)
      proposal = { proposalType: "add", add: { keyPackage: newcomer.publicPackage } }
    }
    const made = await createProposal(proposer.state, below(this.#random, 2) === 0, proposal, this.suite)
    proposer.state = made.newState
    for (const member of this.members) if (member !== proposer) await this.#receive(member, made.message)
    return leaver
  }

  async commit(committer: Client, proposals: Proposal[], newcomers: Newcomer[], leaving: Client[]): Promise<void> {
    const treeInWelcome = below(this.#random, 2) === 0
    const before = this.members.map(({ name, state }) => ({ name, state }))
    const made = await createCommit(
      { state: committer.state, cipherSuite: this.suite, pskIndex: makePskIndex(committer.state, {}) },
      { extraProposals: proposals, ratchetTreeExtension: treeInWelcome, wireAsPublicMessage: below(this.#random, 2) === 0 },
    )
    committer.state = made.newState
    for (const member of this.members) {
      if (member === committer) continue
      if (leaving.includes(member)) await this.#receiveOwnRemoval(member, made.commit)
      else await this.#receive(member, made.commit)
    }
    for (const leaver of leaving) {
      this.members.splice(this.members.indexOf(leaver), 1)
      this.removed.push(before.find(({ name }) => name === leaver.name)!)
      await this.#expectNoWayOn(this.removed.at(-1)!, committer)
    }
    for (const { name, publicPackage, privatePackage } of newcomers) {
      const [welcome] = decodeWelcome(encodeWelcome(made.welcome!), 0)!
      const tree = treeInWelcome ? undefined : committer.state.ratchetTree
      const state = await joinGroup(welcome, publicPackage, privatePackage, emptyPskIndex, this.suite, tree, undefined, config)
      this.members.push({ name, state })
    }
    await this.#expectAgreement()
  }

  async #receive(member: Client, message: MLSMessage): Promise<Uint8Array | null> {
    const again = decodeMlsMessage(encodeMlsMessage(message), 0)![0]
    if (again.wireformat !== "mls_private_message" && again.wireformat !== "mls_public_message") throw new Error("not for members")
    const result = await processMessage(again, member.state, makePskIndex(member.state, {}), acceptAll, this.suite)
    // through the store and back, now and then
    member.state = below(this.#random, 32) === 0 ? restored(result.newState) : result.newState
    return result.kind === "applicationMessage" ? result.message : null
  }

  // Either the library says that the member is out, or it cannot go on (where the leaf was given to somebody else at once).
  async #receiveOwnRemoval(member: Client, commit: MLSMessage): Promise<void> {
    const epoch = member.state.groupContext.epoch
    try {
      await this.#receive(member, commit)
      expect(member.state.groupActiveState.kind).toBe("removedFromGroup")
    } catch (error) {
      expect(String(error)).toContain("No overlap between provided private keys and update path")
    }
    expect(member.state.groupContext.epoch).toBe(epoch)
  }

  /** What a removed member could compute had the commit no path: the next epoch from the last one's init secret. */
  async #expectNoWayOn(removed: Client, member: Client): Promise<void> {
    const zeros = new Uint8Array(this.suite.kdf.size)
    const { initSecret } = removed.state.keySchedule
    const guess = await initializeEpoch(initSecret, zeros, member.state.groupContext, zeros, this.suite.kdf)
    expect(toHex(guess.keySchedule.exporterSecret)).not.toBe(toHex(member.state.keySchedule.exporterSecret))
  }

  async #expectAgreement(): Promise<void> {
    const seen = await Promise.all(this.members.map((member) => this.#exported(member.state)))
    for (const exported of seen) expect(exported).toEqual(seen[0])
  }

  async #exported({ keySchedule, groupContext }: ClientState): Promise<unknown> {
    return {
      epoch: groupContext.epoch,
      exporter: toHex(await mlsExporter(keySchedule.exporterSecret, "test", NOTHING, 32, this.suite)),
      authenticator: toHex(keySchedule.epochAuthenticator),
      treeHash: toHex(groupContext.treeHash),
      extensions: groupContext.extensions.map(({ extensionType, extensionData }) => [extensionType, toHex(extensionData)]),
    }
  }

  /** One member writes; all others read it, and none who was ever removed. */
  async talk(): Promise<void> {
    const writer = pick(this.#random, this.members)
    const text = this.#random(below(this.#random, 100))
    const made = await createApplicationMessage(writer.state, text, this.suite)
    writer.state = made.newState
    const message: MLSMessage = { version: "mls10", wireformat: "mls_private_message", privateMessage: made.privateMessage }
    for (const member of this.members) {
      if (member !== writer) expect(await this.#receive(member, message)).toEqual(text)
    }
    for (const removed of this.removed) {
      const attempt = processMessage(message, removed.state, emptyPskIndex, acceptAll, this.suite)
      await expect(attempt, `${removed.name} reads on`).rejects.toThrow()
    }
  }
}

function restored(state: ClientState): ClientState {
  return { ...decodeGroupState(encodeGroupState(state), 0)![0], clientConfig: config }
}
