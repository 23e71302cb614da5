import { expect, test } from "vitest"
import type { Talk } from "../../messenger/conversations.ts"
import { isGreater } from "../../messenger/forks.ts"
import type { StoredConversation } from "../../messenger/stored-conversation.ts"
import { epochOf } from "../../messenger/stored-conversation.ts"
import { commitBox } from "../../shared/box.ts"
import { sameBytes, toHex } from "../../shared/bytes.ts"
import type { Content, Signature } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { acquaint, Desk, reply, Sitter } from "../sim/desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES

interface Claim {
  readonly content: Content
  readonly signature: Signature
}

/** Two people who have heard each other and are both about to commit, and the dropbox that decides between them. */
async function two(seed: string, names: readonly [string, string] = ["Anna", "Ben"]) {
  const desk = await Desk.start(seed)
  const people = [await Sitter.join(desk, names[0]), await Sitter.join(desk, names[1])] as const
  const ids = await acquaint(...people)
  const sent: [string[], string[]] = [[], []]
  const send = async (who: 0 | 1, text: string) => {
    sent[who].push(text)
    await people[who].send(ids[who], text)
  }
  await send(0, "hello Ben")
  await send(1, "hello Anna")
  const stored = () => people.map((person, i) => person.stored(ids[i]!)) as [StoredConversation, StoredConversation]
  expect(await desk.run(20 * MINUTES, () => stored().every(({ readers }) => readers[0]!.at.index > 0))).toBe(true)
  const { context, placement } = epochOf(stored()[0])
  const box = commitBox(context, 0)
  const [first, second] = people[0].engine.places.among(box.id, placement)()
  const claims = new Map<Sitter, Claim>()
  /** What the first replica says of the commit box: `written` to who writes their claim, `read` to who reads it. */
  const lies = (written: (mine: Claim, theirs: Claim | undefined) => ReturnType<typeof reply> | null, read: (mine: Claim | undefined, theirs: Claim | undefined) => Claim | undefined) => {
    desk.lie = (person, { box: asked, dropbox, write }) => {
      if (!sameBytes(asked, box.id) || !sameBytes(dropbox.id, first!.id)) return undefined
      const other = people.find((one) => one !== person)!
      if (write !== null) {
        claims.set(person, write)
        return written(write, claims.get(other))
      }
      const shown = read(claims.get(person), claims.get(other))
      return shown === undefined ? reply("empty") : reply("content", shown)
    }
  }
  const commit = async () => {
    for (const [i, person] of people.entries()) {
      await person.engine.commits.committing.begin(person.engine.conversations.get(ids[i]!)!)
      await person.settle()
    }
  }
  const heard = async () => [await people[1].heard(ids[1]), await people[0].heard(ids[0])]
  const present = () => stored().map(epochOf)
  const isOne = () => present()[0]!.epoch === present()[1]!.epoch && sameBytes(present()[0]!.authenticator, present()[1]!.authenticator)
  /** What each writes while the other is away lies in their branch. */
  const inBranches = async () => {
    for (const who of [0, 1] as const) {
      people[1 - who]!.present = false
      await send(who, `${who} in a branch`)
      await send(who, `${who} in a branch again`)
      await desk.run(2 * MINUTES)
      await send(who, `${who} later in a branch`)
      await desk.run(2 * MINUTES)
      people[1 - who]!.present = true
    }
  }
  return { desk, people, ids, sent, send, stored, second: second!, box, lies, commit, heard, present, isOne, inBranches }
}

type Two = Awaited<ReturnType<typeof two>>

/** All messages are there once and in order, nothing was kept out, and the conversation goes on in one epoch. */
async function check({ desk, people, ids, sent, send, stored, heard, isOne }: Two): Promise<void> {
  const isSettled = () => isOne() && stored().every(({ branches }) => branches === undefined)
  expect(await desk.run(2 * HOURS, isSettled)).toBe(true)
  await send(0, "are we one?")
  await send(1, "we are")
  const talks = people.map(({ engine }, i) => engine.conversations.get(ids[i]!)!)
  const isDone = () => isSettled() && talks.every(({ outgoing, stored }) => outgoing.size === 0 && stored.epochs.length === 1)
  expect(await desk.run(2 * HOURS, isDone)).toBe(true)
  expect(await heard()).toEqual(sent)
  for (const [i, person] of people.entries()) {
    expect((await person.run("quarantine", {})).lines).toEqual([])
    const { messages } = await person.run("messages", { conversation: ids[i]!, limit: 200 })
    expect(messages.filter(({ own, state }) => own && state !== "received")).toEqual([])
    expect(person.stored(ids[i]!).isCopy).toBe(undefined)
    for (const kind of ["snapshot/", "lost/"]) expect(await person.store.list(kind)).toEqual([])
  }
}

/** Both commits have won; in the end both are where the fixed order says. */
async function fork(all: Two, restart = false): Promise<void> {
  const { desk, commit, lies, people, present, isOne, inBranches } = all
  lies((mine) => reply("stored", mine), (mine) => mine)
  await commit()
  expect(await desk.run(10 * MINUTES, () => present().every(({ epoch }) => epoch === 2))).toBe(true)
  expect(isOne()).toBe(false)
  // By the fixed order, whatever the dropbox said.
  const [mine, theirs] = people.map(({ engine }, i) => ({ commit: present()[i]!.commit, rank: engine.conversations.get(all.ids[i]!)!.stored.epochs.find(({ epoch }) => epoch === 1)!.left!.rank }))
  const stays = isGreater(mine!.rank, mine!.commit, theirs!.rank, theirs!.commit) ? mine!.commit : theirs!.commit
  await inBranches()
  if (restart) for (const person of people) await person.open()
  expect(await desk.run(2 * HOURS, isOne)).toBe(true)
  expect(present()[0]!.commit).toEqual(stays)
}

test("what the second replica alone shows decides nothing, neither for who wrote it nor for who looks for a commit", async () => {
  const { desk, people, ids, box, second, present, isOne } = await two("second alone")
  const [anna, ben] = people
  const [hers, his] = people.map(({ engine }, i) => engine.conversations.get(ids[i]!)!) as [Talk, Talk]
  // Of the commit box the first replica, which decides, hears nothing of Anna; the second has her claim, and her commit's body lies where it should.
  desk.lie = (person, { box: asked, dropbox, write }) => (person === anna && sameBytes(asked, box.id) && !sameBytes(dropbox.id, second.id) ? (write === null ? reply("empty") : null) : undefined)
  await anna.engine.commits.committing.begin(hers)
  await anna.settle()
  const body = () => anna.engine.commits.committing.pending(hers)!.boxes.slice(0, -1)
  expect(await desk.run(10 * MINUTES, () => body().every(({ at }) => at.length > 0))).toBe(true)
  const { content, signature } = anna.engine.commits.committing.pending(hers)!.boxes.at(-1)!
  desk.dropboxes.get(toHex(second.id))!.set(toHex(box.id), { content: sized("Content", content), signature: sized("Signature", signature), at: desk.now })
  ben.engine.commits.behind(his)
  expect(await desk.run(HOURS, () => present().some(({ epoch }) => epoch === 2))).toBe(true)
  // Ben's own, which the first replica took.
  expect([present()[0]!.epoch, present()[1]!.own]).toEqual([1, true])
  await desk.run(20 * MINUTES)
  expect(present()[0]!.epoch).toBe(1)
  desk.lie = () => undefined
  expect(await desk.run(HOURS, isOne)).toBe(true)
  expect(anna.stored(ids[0]).branches).toBe(undefined)
})

test.each(["Anna", "Ann"])("a dropbox tells both that their commits have won: one goes back, nothing is lost or read twice, and they are one again (%s)", async (name) => {
  const all = await two("fork", [name, "Ben"])
  await fork(all)
  await check(all)
})

test("people who were stopped while they were in two branches find out all the same", async () => {
  const all = await two("fork and restart")
  await fork(all, true)
  await check(all)
})

test("a dropbox tells both that the other's commit has won: neither can follow its own, but both have kept it", async () => {
  const all = await two("swapped")
  const { desk, commit, lies, present, isOne, inBranches } = all
  lies((_, theirs) => (theirs === undefined ? null : reply("taken", theirs)), (_, theirs) => theirs)
  await commit()
  expect(await desk.run(2 * HOURS, () => present().every(({ epoch }) => epoch >= 2))).toBe(true)
  expect(isOne()).toBe(false)
  await inBranches()
  await check(all)
})

test("both publish their commits after four void attempts: the fixed order takes one of them", async () => {
  const all = await two("published")
  const { desk, people, ids, commit, present, isOne } = all
  for (const [i, { engine }] of people.entries()) {
    const talk = engine.conversations.get(ids[i]!)!
    engine.conversations.save(talk, { ...talk.stored, attempt: 4 })
  }
  await commit()
  expect(await desk.run(10 * MINUTES, () => present().every(({ epoch }) => epoch === 2))).toBe(true)
  expect(isOne()).toBe(false)
  await check(all)
})

test("where the other's commit cannot be had for a day one of the two pleads, and is taken back by the other", async () => {
  const all = await two("no body")
  const { desk, commit, people, ids, lies, present, isOne } = all
  lies((mine) => reply("stored", mine), (mine) => mine)
  await commit()
  const bodies = people.map(({ engine }, i) => engine.commits.committing.pending(engine.conversations.get(ids[i]!)!)!.boxes[0]!.box)
  const { lie } = desk
  desk.lie = (person, errand) => (errand.write === null && bodies.some((box) => sameBytes(box, errand.box)) ? reply("empty") : lie(person, errand))
  expect(await desk.run(10 * MINUTES, () => present().every(({ epoch }) => epoch === 2))).toBe(true)
  await all.send(0, "0 in a branch")
  await all.send(1, "1 in a branch")
  await desk.run(10 * MINUTES)
  expect([isOne(), all.stored().map(({ branches }) => branches?.length)]).toEqual([false, [1, 1]])
  desk.pass(25 * HOURS)
  await desk.run(MINUTES)
  expect(all.stored().map(({ isCopy }) => isCopy === true)).toEqual(all.stored().map(({ ownLeaf }) => ownLeaf === 0))
  // Pleas are looked for soon after a start, and then twice a day.
  for (const person of people) await person.open()
  expect(await desk.run(2 * HOURS, isOne)).toBe(true)
  await desk.run(20 * MINUTES)
  expect((await all.heard()).map((texts) => [...texts].sort())).toEqual(all.sent.map((texts) => [...texts].sort()))
})
