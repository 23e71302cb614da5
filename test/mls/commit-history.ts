import { expect } from "vitest"
import { createMls } from "../../messenger/mls/create.ts"
import type { Change, GroupState, Mls } from "../../messenger/mls/mls.ts"
import { compareBytes, toHex } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import { below, pick } from "../../shared/random.ts"
import type { Person } from "./support.ts"
import { createPerson, NOW } from "./support.ts"

interface Client {
  readonly person: Person
  state: Uint8Array
}

interface Letter {
  readonly epoch: number
  readonly text: Uint8Array
  readonly message: Uint8Array
  readonly readers: Set<Client>
}

interface Attempt {
  readonly committer: Client
  readonly commit: Uint8Array
  readonly next: GroupState
  readonly welcome: Uint8Array | null
  readonly removed: readonly number[]
  readonly newcomers: readonly Newcomer[]
}

interface Newcomer {
  readonly person: Person
  readonly keyPackage: Uint8Array
  readonly secrets: Uint8Array
}

export type CommitStep = "update" | "add" | "remove" | "add and remove" | "several at once" | "rejoin"
export const COMMIT_STEPS: CommitStep[] = ["update", "add", "remove", "add and remove", "several at once", "rejoin"]

/**
 * Devices that commit, compete, write, read late, lose their state and come back, through the messenger's own interface; and what all of them must
 * agree on after each epoch.
 */
export class CommitHistory {
  readonly members: Client[] = []
  /** Old states of devices that were removed, or whose leaf was replaced. */
  readonly gone: Client[] = []
  readonly mls: Mls
  readonly #random: Random
  readonly #most: number
  readonly #letters: Letter[] = []

  constructor(random: Random, most: number) {
    this.#random = random
    this.#most = most
    this.mls = createMls({ random })
  }

  async begin(): Promise<void> {
    const [inviter, guest] = [await this.#newcomer(), createPerson(this.mls, this.#random)]
    const greeting = { name: "", recoverySecret: this.#random(32) }
    const invited = await this.mls.invite(guest.device, inviter.keyPackage, greeting, NOW)
    const joined = await this.mls.join(inviter.keyPackage, inviter.secrets, invited.welcome, NOW)
    this.members.push({ person: guest, state: invited.state }, { person: inviter.person, state: joined!.state })
  }

  async #newcomer(): Promise<Newcomer> {
    const person = createPerson(this.mls, this.#random)
    return { person, ...(await this.mls.createKeyPackage(person.device, NOW)) }
  }

  async step(): Promise<CommitStep> {
    const count = this.members.length
    const possible = COMMIT_STEPS.filter((step) => {
      if (step === "add") return count < this.#most
      return step !== "remove" || count > 2
    })
    const step = pick(this.#random, possible)
    await this.#write()
    if (step === "rejoin") await this.#rejoin()
    else if (step === "several at once") await this.#compete()
    else await this.#win(await this.#attempt(pick(this.#random, this.members), step), [])
    await this.#expectAgreement()
    await this.#readLate()
    return step
  }

  async #attempt(committer: Client, step: CommitStep): Promise<Attempt> {
    const own = await this.mls.read(committer.state)
    const newcomers: Newcomer[] = []
    const changes: Change[] = []
    if (step === "add" || step === "add and remove") newcomers.push(await this.#newcomer())
    for (const { keyPackage } of newcomers) changes.push({ kind: "add", keyPackage })
    if (step === "remove" || step === "add and remove") {
      const others = own.members.filter(({ leaf }) => leaf !== own.ownLeaf)
      changes.push({ kind: "remove", leaf: pick(this.#random, others).leaf })
    }
    const { state, commit, next, welcome } = await this.mls.commit(committer.state, changes, NOW)
    committer.state = state
    const removed = changes.flatMap((change) => (change.kind === "remove" ? [change.leaf] : []))
    return { committer, commit, next, welcome, removed, newcomers }
  }

  /** Some commit in the same epoch; the fixed order decides, and the others drop what they had pending. */
  async #compete(): Promise<void> {
    const committers = this.members.filter(() => below(this.#random, 2) === 0)
    if (committers.length === 0) committers.push(this.members[0]!)
    const attempts: { attempt: Attempt; rank: Uint8Array }[] = []
    for (const committer of committers) {
      const attempt = await this.#attempt(committer, "update")
      const { ownLeaf } = await this.mls.read(committer.state)
      const changes = { kind: "commit", removed: [], added: [] } as const
      const ranks = new Set<string>()
      for (const { state } of this.members) ranks.add(toHex(await this.mls.commitRank(state, ownLeaf, changes)))
      expect(ranks.size).toBe(1)
      attempts.push({ attempt, rank: await this.mls.commitRank(committer.state, ownLeaf, changes) })
    }
    attempts.sort((a, b) => compareBytes(b.rank, a.rank))
    const [winner, ...losers] = attempts.map(({ attempt }) => attempt)
    await this.#write()
    await this.#win(winner!, losers)
  }

  async #win({ committer, commit, next, welcome, removed, newcomers }: Attempt, losers: readonly Attempt[]): Promise<void> {
    // While the commit was pending, its maker wrote and read.
    await this.#writeFrom(committer)
    await this.#readLate()
    const old = committer.state
    expect(await this.mls.process(old, commit)).toEqual({ ok: false, problem: "own" })
    for (const member of [...this.members]) {
      if (member === committer) continue
      const before = member.state.slice()
      const { ownLeaf } = await this.mls.read(member.state)
      const processed = await this.mls.process(member.state, commit)
      expect(member.state).toEqual(before)
      if (removed.includes(ownLeaf)) {
        expect(processed).toMatchObject({ ok: false, problem: "removed" })
        this.#leave(member)
      } else member.state = this.#expectOk(processed)
    }
    for (const { state: left } of this.gone) expect((await this.mls.process(left, commit)).ok).toBe(false)
    committer.state = (await this.mls.adopt(committer.state, next.state)).state
    for (const { commit: late } of losers) {
      expect(await this.mls.process(committer.state, late)).toEqual({ ok: false, problem: "other-epoch" })
    }
    for (const { person, keyPackage, secrets } of newcomers) {
      const entered = await this.mls.enter(keyPackage, secrets, welcome!, NOW)
      this.members.push({ person, state: entered!.state })
    }
  }

  #leave(member: Client): void {
    this.members.splice(this.members.indexOf(member), 1)
    this.gone.push(member)
  }

  #expectOk(processed: Awaited<ReturnType<Mls["process"]>>): Uint8Array {
    if (!processed.ok) throw new Error(`a good commit: ${processed.problem}`)
    // through the store and back, now and then
    return below(this.#random, 4) === 0 ? processed.next.state.slice() : processed.next.state
  }

  async #rejoin(): Promise<void> {
    const lost = pick(this.#random, this.members)
    const helper = pick(this.#random, this.members.filter((member) => member !== lost))
    const info = await this.mls.groupInfo(helper.state)
    const rejoined = await this.mls.rejoin(lost.person.device, info, NOW)
    expect(rejoined!.replaced.leaf).toBe((await this.mls.read(lost.state)).ownLeaf)
    for (const member of this.members) {
      const processed = await this.mls.process(member.state, rejoined!.commit)
      if (member === lost) expect(processed).toMatchObject({ ok: false, problem: "removed" })
      else member.state = this.#expectOk(processed)
    }
    this.#leave(lost)
    const keepsOld = below(this.#random, 2) === 0
    const state = keepsOld ? (await this.mls.adopt(lost.state, rejoined!.next.state)).state : rejoined!.next.state
    const returned = { person: lost.person, state }
    this.members.push(returned)
    for (const letter of this.#letters) {
      if (letter.readers.delete(lost) && keepsOld) letter.readers.add(returned)
    }
  }

  async #write(): Promise<void> {
    await this.#writeFrom(pick(this.#random, this.members))
  }

  async #writeFrom(writer: Client): Promise<void> {
    const text = this.#random(below(this.#random, 60))
    const { epoch } = await this.mls.read(writer.state)
    const { state, message } = await this.mls.seal(writer.state, text)
    writer.state = state
    const readers = new Set(this.members.filter((member) => member !== writer))
    this.#letters.push({ epoch, text, message, readers })
    for (const { state: old } of this.gone) expect((await this.mls.open(old, message)).ok).toBe(false)
  }

  /** Chance decides when a letter arrives; none that is not more than five epochs old may be lost, and none can be opened twice. */
  async #readLate(): Promise<void> {
    for (const letter of this.#letters) {
      for (const reader of [...letter.readers]) {
        if (!this.members.includes(reader)) {
          letter.readers.delete(reader)
          continue
        }
        const age = (await this.mls.read(reader.state)).epoch - letter.epoch
        if (age < 5 && below(this.#random, 3) > 0) continue
        const opened = await this.mls.open(reader.state, letter.message)
        expect(opened, `a message ${age} epochs old`).toMatchObject({ ok: true, epoch: letter.epoch, plaintext: letter.text })
        if (opened.ok) reader.state = opened.state
        expect(await this.mls.open(reader.state, letter.message)).toEqual({ ok: false, problem: "replayed" })
        letter.readers.delete(reader)
      }
    }
  }

  async #expectAgreement(): Promise<void> {
    const seen = []
    for (const { state } of this.members) {
      const { epoch, members, boxContext } = await this.mls.read(state)
      seen.push({ epoch, members, context: toHex(boxContext), authenticator: toHex(await this.mls.authenticator(state)) })
    }
    for (const one of seen) expect(one).toEqual(seen[0])
    expect(seen[0]!.members.length).toBe(this.members.length)
  }
}
