import { setTimeout as sleep } from "node:timers/promises"
import type { ContactView, Messenger, Speed } from "../../messenger/api.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { createMessenger } from "../../messenger/messenger.ts"
import { nodeParts } from "../../messenger/platform/nodejs/parts.ts"
import { systemRandom } from "../../messenger/platform/nodejs/random.ts"
import type { Clock, NetworkDescription } from "../../messenger/ports.ts"
import { exponential } from "../../shared/random.ts"

/** One of two who write to each other. */
export interface Correspondent {
  readonly messenger: Messenger
  /** The other. */
  readonly contact: string
}

const parts = await nodeParts()
/** How often it is looked whether a contact has got on. */
const LOOK_AFTER = 250

/** The engine of the command line, but that its profile lies in memory only. */
export async function begin(name: string, network: NetworkDescription, speed: Speed, clock: Clock = parts.clock): Promise<Messenger> {
  const messenger = createMessenger({ ...parts, store: memoryStore(), clock, network })
  await messenger.start()
  await messenger.run("create-profile", { name })
  await messenger.run("speed", { speed })
  return messenger
}

/** `inviter` shows a code, `guest` enters it, the inviter lets them in. Throws where a step takes longer than `within` ms. */
export async function acquaint(inviter: Messenger, guest: Messenger, within: number): Promise<[Correspondent, Correspondent]> {
  const { contact: atInviter } = await inviter.run("invite", { name: "Guest" })
  const { code } = await contactIn(inviter, atInviter, ["waiting"], within)
  const added = await guest.run("add", { code: code!, name: "Inviter" })
  if (!added.ok) throw new Error(`The code was refused: ${added.problem}.`)
  await contactIn(inviter, atInviter, ["ask"], within)
  await inviter.run("accept", { contact: atInviter, trust: "met" })
  await contactIn(guest, added.contact, ["answered", "ready"], within)
  return [
    { messenger: inviter, contact: atInviter },
    { messenger: guest, contact: added.contact },
  ]
}

async function contactIn(messenger: Messenger, id: string, states: readonly ContactView["state"][], within: number): Promise<ContactView> {
  for (const end = performance.now() + within; performance.now() < end; await sleep(LOOK_AFTER)) {
    const { contacts } = await messenger.run("view", {})
    const contact = contacts.find((one) => one.id === id && states.includes(one.state))
    if (contact !== undefined) return contact
  }
  throw new Error(`No contact got ${states.join(" or ")} within ${within / 1000} s.`)
}

export interface Correspondence {
  /** Messages, written in turn. */
  readonly count: number
  /** Mean time between two of them, ms. */
  readonly gap: number
  /** A message that was not shown so long after the last was written counts as lost, ms. */
  readonly patience: number
  readonly say?: (line: string) => void
}

/** Two people write in turn, at random times. Returns the ms from writing to being shown of each message, null for those that never came. */
export async function correspond(people: readonly [Correspondent, Correspondent], { count, gap, patience, say }: Correspondence): Promise<(number | null)[]> {
  const times = new Map<string, number | null>()
  const begun = new Map<string, number>()
  let last = Promise.withResolvers<void>()
  for (const { messenger } of people) {
    messenger.subscribe((event) => {
      if (event.type !== "message" || event.message.own || times.get(event.message.text) !== null) return
      times.set(event.message.text, performance.now() - begun.get(event.message.text)!)
      last.resolve()
    })
  }
  for (let i = 0; i < count; i++) {
    await sleep(exponential(systemRandom, gap))
    const { messenger, contact } = people[i % 2]!
    const text = `Message ${i + 1} of ${count}`
    times.set(text, null)
    begun.set(text, performance.now())
    await messenger.run("send", { conversation: contact, text })
    say?.(`${i + 1} of ${count}`)
  }
  const end = AbortSignal.timeout(patience)
  const giveUp = new Promise<void>((resolve) => end.addEventListener("abort", () => resolve()))
  while (!end.aborted && [...times.values()].includes(null)) {
    last = Promise.withResolvers<void>()
    await Promise.race([last.promise, giveUp])
  }
  return [...times.values()]
}
