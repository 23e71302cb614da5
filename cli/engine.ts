import type { ContactView, ConversationView, Messenger, MessengerView, Speed } from "../messenger/api.ts"
import { isName, NAME_MAX } from "../messenger/name.ts"
import { createMessenger } from "../messenger/messenger.ts"
import { offlineLink } from "../messenger/platform/nodejs/link.ts"
import { nodeParts } from "../messenger/platform/nodejs/parts.ts"
import { Failure } from "./failure.ts"
import type { Profile } from "./profile.ts"

export interface EngineOptions {
  readonly online: boolean
  readonly speed?: Speed | null
  /** The identity is about to be made, or asked for; else its absence is a Failure. */
  readonly empty?: boolean
}

/** Runs the messenger of a profile for as long as `work` takes, and lets in at the door whom the profile's decisions let in. */
export async function withMessenger<T>(profile: Profile, options: EngineOptions, work: (messenger: Messenger, door: Door) => Promise<T>): Promise<T> {
  const unfinished = `The profile in ${profile.folder} is not finished: run "sotto init" again.`
  const network = profile.network()
  if (network === null) throw new Failure(unfinished)
  const parts = { ...(await nodeParts()), store: profile.store, network }
  const messenger = createMessenger(options.online ? parts : { ...parts, link: offlineLink })
  await messenger.start()
  const door = keepDoor(messenger, profile)
  try {
    if (!options.empty && (await messenger.run("view", {})).profile === null) throw new Failure(unfinished)
    if (options.speed) await messenger.run("speed", { speed: options.speed })
    return await work(messenger, door)
  } finally {
    door.close()
    await door.settled()
    await messenger.stop()
  }
}

/** Whether the profile's identity has been made: an "init" may have been cut short. */
export async function isFinished(profile: Profile): Promise<boolean> {
  if (profile.network() === null) return false
  return withMessenger(profile, { online: false, empty: true }, async (messenger) => (await messenger.run("view", {})).profile !== null)
}

/** Asks again after every event until there is an answer; null when `signal` ends the wait. */
export async function until<T>(messenger: Messenger, signal: AbortSignal, question: () => Promise<T | null>): Promise<T | null> {
  let news = Promise.withResolvers<void>()
  const unsubscribe = messenger.subscribe(() => news.resolve())
  const end = () => news.resolve()
  signal.addEventListener("abort", end)
  try {
    for (;;) {
      news = Promise.withResolvers<void>()
      if (signal.aborted) news.resolve()
      const answer = await question()
      if (answer !== null) return answer
      if (signal.aborted) return null
      await news.promise
    }
  } finally {
    unsubscribe()
    signal.removeEventListener("abort", end)
  }
}

/** Was the gateway reached at all? For the sentence that tells why something did not happen in time. */
export async function whyLate(messenger: Messenger, what: string): Promise<Failure> {
  const { network } = await messenger.run("view", {})
  if (network.link === "online") return new Failure(`${what} in time; what was begun goes on in the next run, and --timeout waits longer.`)
  return new Failure(`${what}, because the network "${network.name}" cannot be reached; what was begun goes on in the next run.`)
}

export async function contactById(messenger: Messenger, id: string): Promise<ContactView> {
  const contact = (await messenger.run("view", {})).contacts.find((one) => one.id === id)
  if (!contact) throw new Failure("The contact was removed meanwhile.")
  return contact
}

/** By name, whole or the only one that begins so, in either case; or by id. */
export function findContact(view: MessengerView, word: string): ContactView {
  const lower = word.toLowerCase()
  const ways: ((contact: ContactView) => boolean)[] = [
    ({ id }) => id === word,
    ({ name }) => name === word,
    ({ name }) => name.toLowerCase() === lower,
    ({ name }) => name.toLowerCase().startsWith(lower),
  ]
  for (const way of lower === "" ? [] : ways) {
    const found = view.contacts.filter(way)
    if (found.length === 1) return found[0]!
    if (found.length > 1) throw new Failure(`"${word}" may be ${found.map(({ name }) => `"${name}"`).join(" or ")}; say which, or give the id that "sotto list --json" shows.`)
  }
  throw new Failure(`There is no contact "${word}"; "sotto list" shows all.`)
}

/** The group that a word means: its id, its name, or how its name begins. */
export function findGroup(view: MessengerView, word: string): ConversationView {
  const group = groupBy(view, word)
  if (group === null) throw new Failure(`There is no group "${word}"; "sotto group list" shows all.`)
  return group
}

/** The conversation that a word means, by what a contact or else a group is called. */
export function findConversation(view: MessengerView, word: string): { readonly id: string; readonly name: string; readonly isGroup: boolean } {
  const isContact = view.contacts.some(({ id, name }) => id === word || name.toLowerCase().startsWith(word.toLowerCase()))
  const group = isContact ? null : groupBy(view, word)
  if (group !== null) return { id: group.id, name: group.title, isGroup: true }
  const { id, name } = findContact(view, word)
  return { id, name, isGroup: false }
}

function groupBy({ conversations }: MessengerView, word: string): ConversationView | null {
  const lower = word.toLowerCase()
  const groups = conversations.filter(({ kind }) => kind === "group")
  const ways: ((group: ConversationView) => boolean)[] = [({ id }) => id === word, ({ title }) => title === word, ({ title }) => title.toLowerCase() === lower, ({ title }) => title.toLowerCase().startsWith(lower)]
  for (const way of lower === "" ? [] : ways) {
    const found = groups.filter(way)
    if (found.length === 1) return found[0]!
    if (found.length > 1) throw new Failure(`"${word}" may be ${found.map(({ title }) => `"${title}"`).join(" or ")}; say which, or give the id that "sotto group list --json" shows.`)
  }
  return null
}

/** A name that no contact has yet: as given, or the first free of "Guest 1", "Guest 2" … */
export function freshName(view: MessengerView, given: string | undefined): string {
  const taken = new Set(view.contacts.map(({ name }) => name.toLowerCase()))
  if (given !== undefined) {
    if (!isName(given.trim())) throw new Failure(`A name has 1 to ${NAME_MAX} bytes of UTF-8, and no line breaks or invisible marks.`)
    if (taken.has(given.trim().toLowerCase())) throw new Failure(`There is a contact "${given.trim()}" already; choose another name with --as.`)
    return given.trim()
  }
  for (let n = 1; ; n++) if (!taken.has(`guest ${n}`)) return `Guest ${n}`
}

export interface Door {
  /** Everybody who has answered so far is in. */
  settled(): Promise<void>
  close(): void
}

/** Lets in whoever answered a code that was made without --ask, in this run or an earlier one, and gives them the name they tell. */
function keepDoor(messenger: Messenger, profile: Profile): Door {
  const look = async () => {
    const view = await messenger.run("view", {})
    for (const contact of view.contacts) {
      const decision = profile.decisions.of(contact.id)
      if (decision === null) continue
      if (contact.state === "ask" && decision.letIn) await messenger.run("accept", { contact: contact.id, trust: "link" })
      if (contact.theirName !== null && decision.takeName) {
        await profile.decisions.decide(contact.id, { ...decision, takeName: false })
        if (isFree(view, contact.theirName)) await messenger.run("rename-contact", { contact: contact.id, name: contact.theirName })
      }
    }
  }
  let last = look()
  const unsubscribe = messenger.subscribe((event) => {
    if (event.type === "contact") last = last.then(look)
  })
  return { settled: () => last, close: unsubscribe }
}

function isFree(view: MessengerView, name: string): boolean {
  return view.contacts.every((contact) => contact.name.toLowerCase() !== name.toLowerCase())
}
