import { expect, test } from "vitest"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Store } from "../../messenger/ports.ts"
import { epochOf } from "../../messenger/stored-conversation.ts"
import { sameBytes, toHex } from "../../shared/bytes.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES
/** All points are tried by hand only: CRASHES=all, and CRASHES=from,step a part of them. Otherwise some, from a random first. */
const { CRASHES } = process.env
const SAMPLES = 6

/** Two people who know each other, as everything is stored: each run goes on from copies of it. */
interface Beginning {
  readonly desk: Desk
  readonly now: number
  readonly stores: readonly [Store, Store]
  readonly ids: readonly [string, string]
}

async function copyOf(store: Store): Promise<Store> {
  const copy = memoryStore()
  await copy.commit(await store.list(""))
  return copy
}

async function begin(): Promise<Beginning> {
  const desk = await Desk.start("commit crash")
  const [anna, ben] = [await Sitter.join(desk, "Anna"), await Sitter.join(desk, "Ben")]
  const ids = await acquaint(anna, ben)
  return { desk, now: desk.now, stores: [anna.store, ben.store], ids }
}

/** Who stops, at which of their commits of the store; again and again where `every` says so. */
interface Crash {
  readonly who: 0 | 1
  readonly at: number
  readonly again: boolean
}

interface Run {
  readonly commits: readonly [number, number]
  readonly crashed: number
}

/** They write to each other through five epochs, and commit at the same time in two of these. */
async function converse({ desk: first, now, stores, ids }: Beginning, crash: Crash | null): Promise<Run> {
  const desk = first.again(now)
  const people: Sitter[] = []
  for (const [i, name] of ["Anna", "Ben"].entries()) {
    const person = new Sitter(desk, name, await copyOf(stores[i]!))
    await person.open()
    people.push(person)
  }
  /** What each has put, or tried to put, into each box. */
  const written = new Map<string, Set<string>>()
  desk.lie = (person, { box, write }) => {
    const name = `${person.name} ${toHex(box)}`
    if (write !== null) written.set(name, (written.get(name) ?? new Set()).add(toHex(write.content)))
    return undefined
  }
  const counts: [number, number] = [0, 0]
  let crashed = 0
  for (const [i, person] of people.entries()) {
    const commit = person.store.commit.bind(person.store)
    Object.assign(person.store, {
      commit: (writes: Parameters<Store["commit"]>[0]) => {
        if (writes.length > 0) counts[i]!++
        return commit(writes)
      },
    })
    if (crash?.who !== i) continue
    person.crashIn = crash.at
    const open = person.open.bind(person)
    person.open = async () => {
      crashed++
      await open()
      if (crash.again) person.crashIn = crash.at
    }
  }
  const sent: [string[], string[]] = [[], []]
  const send = async (who: 0 | 1, text: string) => {
    sent[who].push(text)
    const there = async () => (await people[who]!.run("messages", { conversation: ids[who], limit: 200 })).messages.some((message) => message.own && message.text === text)
    // A command that a crash swallowed is given again.
    while (!(await there())) await people[who]!.send(ids[who], text)
  }
  const talks = () => people.map(({ engine }, i) => engine.conversations.get(ids[i]!)!)
  const present = () => talks().map(({ stored }) => epochOf(stored))
  const isOne = () => present()[0]!.epoch === present()[1]!.epoch && sameBytes(present()[0]!.authenticator, present()[1]!.authenticator)
  const commit = async () => {
    for (const [i, person] of people.entries()) {
      const talk = talks()[i]!
      if (person.engine.commits.committing.pending(talk) === null) await person.engine.commits.committing.begin(talk)
      await person.settle()
    }
  }
  const round = async (number: number) => {
    for (const who of [0, 1] as const) await send(who, `${who} ${number}`)
    await desk.run(MINUTES / 2)
  }
  for (const day of [0, 1]) {
    await round(day * 10)
    await desk.run(HOURS, isOne)
    await commit()
    await round(day * 10 + 1)
    // One of both has lost, and commits in the next epoch.
    const isThrough = () => isOne() && talks().every(({ stored, outgoing }) => outgoing.size === 0 && stored.epochs.length === 1 && stored.epochs[0]!.epoch >= 3 + 2 * day)
    const isDone = await desk.run(4 * HOURS, isThrough)
    expect(isDone, JSON.stringify(present().map(({ epoch }) => epoch))).toBe(true)
    desk.pass(25 * HOURS)
  }
  for (const [i, person] of people.entries()) {
    expect(await person.heard(ids[i]!)).toEqual(sent[1 - i])
    const { messages } = await person.run("messages", { conversation: ids[i]!, limit: 200 })
    expect(messages.filter(({ own }) => own).map(({ text, state }) => [text, state])).toEqual(sent[i]!.map((text) => [text, "received"]))
    expect((await person.run("quarantine", {})).lines).toEqual([])
    expect(person.stored(ids[i]!).isCopy).toBe(undefined)
  }
  expect([...written.values()].filter((contents) => contents.size > 1)).toEqual([])
  return { commits: counts, crashed }
}

test("wherever an engine is stopped while a conversation goes through several epochs, both end in one, and every message is there once", { timeout: 3_600_000 }, async () => {
  const beginning = await begin()
  const { commits } = await converse(beginning, null)
  const points = ([0, 1] as const).flatMap((who) => Array.from({ length: commits[who] }, (_, at): Crash => ({ who, at, again: false })))
  expect(points.length).toBeGreaterThan(100)
  const step = Math.floor(points.length / SAMPLES) | 1
  const [first, every] = CRASHES === "all" ? [0, 1] : (CRASHES?.split(",").map(Number) ?? [Math.floor(Math.random() * step), step])
  for (let i = first!; i < points.length; i += every!) {
    try {
      expect((await converse(beginning, points[i]!)).crashed).toBeGreaterThan(0)
    } catch (error) {
      throw new Error(`point ${i} of ${points.length} (CRASHES=${i},${points.length})`, { cause: error })
    }
  }
})

test.each(CRASHES === "all" ? [3, 5, 7, 8, 9, 11, 13, 16, 19, 23] : [7, 16])("stopped at every commit of the store but %i in between, again and again, a conversation still comes through", { timeout: 600_000 }, async (between) => {
  const beginning = await begin()
  for (const who of [0, 1] as const) expect((await converse(beginning, { who, at: between, again: true })).crashed).toBeGreaterThan(2)
})
