import type { CommandInput, CommandName, CommandOutput, MemberView, MessageView } from "../../messenger/api.ts"
import type { Random } from "../../shared/random.ts"
import { exponential, pick, uniform } from "../../shared/random.ts"
import { cheapGroup } from "../sim/cheap-group.ts"
import { Desk, Sitter } from "../sim/desk.ts"
import { seeded, SimNetwork } from "../sim/sim-network.ts"
import { Mortal } from "./mortal.ts"

/** Somebody who can be stopped at any time, and all of whom there are. */
interface Actor {
  readonly name: string
  run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>>
  attempt<T>(act: () => Promise<T>): Promise<T | undefined>
  insist(isDone: () => Promise<boolean>, act: () => Promise<unknown>): Promise<void>
  kill(): Promise<void> | void
  /** Every message that was ever shown, each once for where it stood. */
  shown(): Iterable<Pick<MessageView, "position" | "text">>
  /** Those of them that were not among the news before, and perhaps some that were. */
  news(): Iterable<Pick<MessageView, "position" | "text">>
  /** Number of the MLS epoch, where that can be seen from outside. */
  epoch?(conversation: string): number
}

interface World {
  /** Claims that came second so far, where that can be seen. */
  beaten?(): number
  now(): number
  run(ms: number): Promise<void>
  lose(share: number): void
  join(name: string): Promise<Actor>
}

/** With packets, mixes and dropboxes, on a virtual clock. */
async function network(seed: string): Promise<World> {
  const sim = await SimNetwork.start({ seed, x25519: cheapGroup })
  return {
    now: () => sim.clock.now(),
    run: (ms) => sim.clock.run(ms),
    lose: (share) => void (sim.loss = share),
    async join(name) {
      const mortal = new Mortal(sim, name)
      await mortal.open()
      await mortal.run("create-profile", { name })
      await mortal.run("speed", { speed: "fast" })
      return { name, run: (...given) => mortal.run(...given), attempt: (act) => mortal.attempt(act), insist: (...given) => mortal.insist(...given), kill: () => mortal.kill(), shown: () => mortal.shown.values(), news: () => mortal.shown.values() }
    },
  }
}

/** With the dropboxes at one desk: requests are answered at once, or lost, and days pass in minutes. */
async function desk(seed: string, random: Random): Promise<World> {
  const table = await Desk.start(seed)
  let loss = 0
  table.lie = () => (uniform(random) < loss ? null : undefined)
  return {
    now: () => table.now,
    run: async (ms) => void (await table.run(ms)),
    lose: (share) => void (loss = share),
    beaten: () => table.beaten.size,
    async join(name) {
      const sitter = await Sitter.join(table, name)
      const shown = new Map<string, Pick<MessageView, "position" | "text">>()
      const take = () => {
        const messages = sitter.events.splice(0).flatMap((event) => (event.type === "message" ? [event.message] : []))
        for (const message of messages) shown.set(`${message.id} ${message.position} ${message.text}`, message)
        return messages
      }
      const all = () => {
        take()
        return shown.values()
      }
      return { name, run: (...given) => sitter.run(...given), attempt: (act) => act(), insist: async (_, act) => void (await act()), kill: () => sitter.open(), shown: all, news: take, epoch: (id) => sitter.epoch(id) }
    },
  }
}

export interface GroupStormOptions {
  readonly seed: string
  readonly people: number
  readonly messages: number
  /** Share of requests between nodes that get lost, on each hop, once the group is there. */
  readonly loss: number
  /** Means, ms: between two messages, two changes of the group, two restarts of one client. */
  readonly gap: number
  readonly changes: number
  readonly restarts: number
  /** All has to be one state, and all messages there, within so many ms behind the last. */
  readonly within: number
  /** At one desk, without packets. */
  readonly atDesk?: boolean
  readonly say?: (line: string) => void
}

export interface GroupStorm {
  readonly sent: number
  /** Of who was in the group all the time: messages that did not come, came twice, or not in their sender's order. */
  readonly lost: number
  readonly doubled: number
  readonly disordered: number
  /** Read by somebody who was not in the group when they were written, nor about then. */
  readonly foreign: number
  /** Times that somebody saw themselves taken out: none, and nothing was asked of `foreign`. */
  readonly absences: number
  readonly changes: number
  readonly restarts: number
  readonly states: number
  /** At a desk: epochs since the group was there, and claims of commits that came second. */
  readonly epochs: number | null
  readonly beaten: number | null
  /** Virtual seconds: until the group was there, and from the last message until all was. */
  readonly founded: number
  readonly took: number
  /** From writing to each reader's store, ms, rising. */
  readonly delays: readonly number[]
}

const MINUTE = 60_000
const STEP = 5000
/** What is written just before somebody comes or just behind their going may be sealed on either side. */
const MARGIN = 45 * MINUTE

/** A group whose members change while everything gets lost and is stopped: a quarter of its people are taken out and let in again, all others stay. */
export async function groupStorm(options: GroupStormOptions): Promise<GroupStorm> {
  const random = seeded(`group ${options.seed}`)
  const clock = await (options.atDesk === true ? desk(options.seed, random) : network(options.seed))
  const people: Actor[] = []
  for (let i = 0; i < options.people; i++) people.push(await clock.join(`person-${i}`))
  const [hub, ...others] = people as [Actor, ...Actor[]]
  const begun = clock.now()
  for (const other of others) await acquaint(clock, hub, other)
  options.say?.(`${others.length} contacts after ${seconds(begun)} s`)
  const invited = async (person: Actor) => (await person.run("view", {})).conversations.find(({ kind }) => kind === "group")
  const contacts = (await hub.run("view", {})).contacts.map(({ id }) => id)
  const { conversation } = await hub.run("group-new", { name: "Storm", members: contacts })
  for (let waiting = others; waiting.length > 0; await clock.run(STEP)) {
    const still: Actor[] = []
    for (const person of waiting) {
      if ((await invited(person))?.group?.standing === "invited") await person.run("group-accept", { conversation })
      else still.push(person)
    }
    waiting = still
    if (clock.now() - begun > 48 * 60 * MINUTE) throw new Error(`${waiting.length} were not let in`)
  }
  const members = async (person: Actor): Promise<readonly MemberView[]> => (await person.attempt(() => person.run("group-members", { conversation })))?.members ?? []
  const seeAll = async () => (await Promise.all(people.map(members))).every(({ length }) => length === people.length)
  // Who does not know yet that somebody has come writes in an epoch that those cannot read.
  for (; !(await seeAll()); await clock.run(STEP)) if (clock.now() - begun > 48 * 60 * MINUTE) throw new Error("not all saw all")
  const founded = seconds(begun)
  const [firstEpoch, firstBeaten] = [hub.epoch?.(conversation), clock.beaten?.()]
  options.say?.(`all ${people.length} in the group after ${founded} s`)

  clock.lose(options.loss)
  let restarts = 0
  let nextRestart = clock.now()
  const restart = async () => {
    for (; clock.now() >= nextRestart; restarts++) {
      await pick(random, people).kill()
      nextRestart = clock.now() + exponential(random, options.restarts / people.length)
    }
  }

  const rotating = people.slice(-Math.floor(people.length / 4))
  const steady = people.filter((person) => !rotating.includes(person))
  /** When each of those was seen outside of the group: from, until. */
  const outside = new Map<Actor, { from: number; until: number }[]>(rotating.map((person) => [person, []]))
  const written: { from: string; text: string; at: number }[] = []
  const came = new Map<string, number>()
  let changes = 0
  let [nextMessage, nextChange] = [clock.now(), clock.now() + exponential(random, options.changes)]
  const change = async () => {
    const all = await members(hub)
    const target = pick(random, rotating)
    const member = all.find(({ name }) => name === target.name)
    const kind = uniform(random)
    if (kind < 0.25) await hub.run("group-rename", { conversation, name: `Storm ${changes}` })
    else if (kind < 0.5) {
      const one = pick(random, all.filter(({ own }) => !own))
      await hub.run("group-role", { conversation, member: one.id, role: one.role === "member" ? "admin" : "member" })
    } else if (member !== undefined) await hub.run("group-remove", { conversation, member: member.id })
    else await hub.run("group-invite", { conversation, contacts: (await hub.run("view", {})).contacts.filter(({ name }) => name === target.name).map(({ id }) => id) })
    changes++
  }
  const standing = async (person: Actor) => (await person.run("view", {})).conversations.find(({ id }) => id === conversation)?.group?.standing
  const tend = async () => {
    const listed = new Set((await members(hub)).map(({ name }) => name))
    for (const person of rotating) {
      const now = await person.attempt(() => standing(person))
      const spans = outside.get(person)!
      const open = spans.at(-1)?.until === Infinity
      if (now === "invited") await person.attempt(() => person.run("group-accept", { conversation }))
      const isListed = listed.has(person.name)
      if (now === "removed" && !open && !isListed) spans.push({ from: clock.now(), until: Infinity })
      // Whoever is let in may read what is written from then on, long before they have accepted.
      else if (open && isListed) spans[spans.length - 1] = { from: spans.at(-1)!.from, until: clock.now() }
    }
  }
  const absences = () => [...outside.values()].flat().length
  const texts = new Set<string>()
  /** How many of those that others wrote have come to each who was there all the time. */
  const had = new Map<Actor, number>(steady.map((person) => [person, 0]))
  const look = () => {
    for (const person of people)
      for (const { text } of person.news()) {
        const key = `${person.name} ${text}`
        if (!texts.has(text) || came.has(key)) continue
        came.set(key, clock.now())
        if (had.has(person) && !text.startsWith(`${person.name} `)) had.set(person, had.get(person)! + 1)
      }
  }
  const missingAt = (person: Actor) => written.filter(({ from }) => from !== person.name).length - had.get(person)!
  const missing = () => written.length * (steady.length - 1) - [...had.values()].reduce((sum, count) => sum + count, 0)
  const most = () => {
    const [first] = steady.map((person) => ({ name: person.name, count: missingAt(person) })).sort((a, b) => b.count - a.count)
    return `${first!.count} of them at ${first!.name}`
  }
  /** Whoever writes has read what is there: of those who never do, only a few thousand messages are fetched quickly. */
  const readAll = async (person: Actor) => {
    const last = (await person.run("messages", { conversation, limit: 1 })).messages.at(-1)
    if (last !== undefined) await person.run("mark-read", { conversation, position: last.position })
  }
  while (written.length < options.messages) {
    if (clock.now() >= nextMessage) {
      nextMessage = clock.now() + exponential(random, options.gap)
      const person = pick(random, steady)
      const text = `${person.name} ${written.length}`
      const isWritten = async () => (await person.run("messages", { conversation, limit: 20 })).messages.some((one) => one.own && one.text === text)
      await person.insist(isWritten, () => person.run("send", { conversation, text }))
      await person.attempt(() => readAll(person))
      written.push({ from: person.name, text, at: clock.now() })
      texts.add(text)
      look()
      if (written.length % 100 === 0) {
        await tend()
        options.say?.(`${written.length} written, ${missing()} not there yet, ${most()}, ${changes} changes, ${absences()} times out, ${hub.epoch?.(conversation) ?? "?"} epochs, ${restarts} restarts, ${Math.round(process.memoryUsage().rss / 1e6)} MB`)
      }
    }
    if (clock.now() >= nextChange) {
      nextChange = clock.now() + exponential(random, options.changes)
      // Refused where it is so already.
      await hub.attempt(change).catch(() => undefined)
      await tend()
    }
    await restart()
    await clock.run(Math.max(0, Math.min(nextMessage, nextChange, nextRestart) - clock.now()))
  }
  const last = clock.now()
  const states = async () => {
    const seen = new Set<string>()
    for (const person of steady) seen.add(JSON.stringify((await members(person)).map(({ id, role }) => [id, role]).sort()))
    return seen.size
  }
  for (let said = 0; clock.now() < last + options.within && (missing() > 0 || (await states()) > 1); look()) {
    await clock.run(STEP)
    await restart()
    await tend()
    if (clock.now() - said > 10 * MINUTE) options.say?.(`${seconds(last)} s behind the last: ${missing()} missing, ${most()}, ${await states()} states`)
    if (clock.now() - said > 10 * MINUTE) said = clock.now()
  }
  const epochs = firstEpoch === undefined ? null : hub.epoch!(conversation) - firstEpoch
  const beaten = firstBeaten === undefined ? null : clock.beaten!() - firstBeaten
  return { ...count(), sent: written.length, absences: absences(), changes, restarts, states: await states(), epochs, beaten, founded, took: seconds(last) }

  function count() {
    let [doubled, disordered, foreign] = [0, 0, 0]
    const delays: number[] = []
    const at = new Map(written.map((one) => [one.text, one.at]))
    for (const person of people) {
      const read = [...person.shown()].filter(({ text }) => at.has(text)).sort((a, b) => a.position - b.position)
      const ids = new Map<string, Set<number>>()
      for (const { text, position } of read) ids.set(text, (ids.get(text) ?? new Set()).add(position))
      for (const positions of ids.values()) if (positions.size > 1) doubled++
      const lastOf = new Map<string, number>()
      for (const { text } of read) {
        const [from, nth] = text.split(" ") as [string, string]
        if ((lastOf.get(from) ?? -1) > Number(nth)) disordered++
        lastOf.set(from, Math.max(lastOf.get(from) ?? -1, Number(nth)))
        const when = at.get(text)!
        const span = outside.get(person)?.find(({ from, until }) => when > from + MARGIN && when < until - MARGIN)
        if (span !== undefined && foreign++ < 5) options.say?.(`${person.name} has what was written ${Math.round((when - span.from) / MINUTE)} min after they were out, ${Math.round((span.until - when) / MINUTE)} min before they were let in`)
        const arrived = came.get(`${person.name} ${text}`)
        if (from !== person.name && arrived !== undefined && steady.includes(person)) delays.push(arrived - when)
      }
    }
    return { lost: missing(), doubled, disordered, foreign, delays: delays.sort((a, b) => a - b) }
  }

  function seconds(since: number): number {
    return Math.round((clock.now() - since) / 1000)
  }
}

async function acquaint(clock: World, hub: Actor, other: Actor): Promise<void> {
  const { contact } = await hub.run("invite", { name: other.name })
  const mine = async () => (await hub.run("view", {})).contacts.find(({ id }) => id === contact)
  const theirs = async () => (await other.run("view", {})).contacts[0]
  const until = async (isSo: () => Promise<boolean>) => {
    for (const end = clock.now() + 60 * MINUTE; !(await isSo()); await clock.run(STEP)) if (clock.now() > end) throw new Error("no contacts")
  }
  await until(async () => (await mine())?.state === "waiting")
  await other.run("add", { code: (await mine())!.code!, name: hub.name })
  await until(async () => (await mine())?.state === "ask")
  await hub.run("accept", { contact, trust: "met" })
  await until(async () => (await theirs())?.state === "ready")
  await other.run("send", { conversation: (await theirs())!.id, text: "hello" })
}
