import type { ContactView, MessageView, Messenger, MessengerEvent, Speed } from "../../messenger/api.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { createMessenger } from "../../messenger/messenger.ts"
import type { Clock, Store } from "../../messenger/ports.ts"
import type { SimNetwork } from "./sim-network.ts"
import { lioness, seeded, symmetric } from "./sim-network.ts"

/** Somebody with a messenger on a simulated network. */
export class Person {
  readonly name: string
  readonly network: SimNetwork
  readonly store: Store
  /** How many ms this device's clock is ahead. */
  readonly skew: number
  readonly events: MessengerEvent[] = []
  messenger!: Messenger
  readonly #clockOf: (clock: Clock) => Clock

  private constructor(network: SimNetwork, name: string, store: Store, skew: number, clockOf: (clock: Clock) => Clock) {
    this.network = network
    this.name = name
    this.store = store
    this.skew = skew
    this.#clockOf = clockOf
  }

  /** `clockOf` makes the clock that is handed to the messenger of the right one. */
  static async join(network: SimNetwork, name: string, speed: Speed = "fast", skew = 0, clockOf = (clock: Clock) => clock, store: Store = memoryStore()): Promise<Person> {
    const person = new Person(network, name, store, skew, clockOf)
    await person.open(name)
    await person.messenger.run("create-profile", { name })
    await person.messenger.run("speed", { speed })
    return person
  }

  /** Somebody whose profile exists already. */
  static async fromStore(network: SimNetwork, name: string, store: Store): Promise<Person> {
    const person = new Person(network, name, store, 0, (clock) => clock)
    await person.open(name)
    return person
  }

  /** Starts the messenger from what is stored; `seed` makes its randomness. */
  async open(seed: string): Promise<void> {
    this.messenger = createMessenger({
      store: this.store,
      link: this.network.link(this.name),
      clock: this.#clockOf(this.#clock),
      random: seeded(`person ${seed}`),
      network: this.network.description,
      x25519: this.network.x25519,
      lioness,
      symmetric,
    })
    this.messenger.subscribe((event) => this.events.push(event))
    await this.messenger.start()
  }

  get #clock(): Clock {
    const { network, skew } = this
    return { now: () => network.clock.now() + skew, at: (time, wake) => network.clock.at(time - skew, wake) }
  }

  async contacts(): Promise<readonly ContactView[]> {
    return (await this.messenger.run("view", {})).contacts
  }

  /** The latest that was told of a contact, or undefined. */
  contact(id: string): ContactView | undefined {
    return this.events.filter((event) => event.type === "contact").findLast(({ contact }) => contact.id === id)?.contact
  }

  async messages(conversation: string): Promise<MessageView[]> {
    return (await this.messenger.run("messages", { conversation, limit: 200 })).messages
  }

  async send(conversation: string, text: string): Promise<string> {
    return (await this.messenger.run("send", { conversation, text })).message
  }

  /** All texts of others that were told, in their order. */
  get heard(): string[] {
    const seen = new Set<string>()
    const texts: string[] = []
    for (const event of this.events) {
      if (event.type !== "message" || event.message.own || seen.has(event.message.id)) continue
      seen.add(event.message.id)
      texts.push(event.message.text)
    }
    return texts
  }

  /** The latest that was told of an own message. */
  state(message: string): MessageView["state"] {
    return this.#told(message)?.state ?? null
  }

  /** "1 of 2", by the latest that was told. */
  replicas(message: string): string {
    const { stored, of } = this.#told(message)?.replicas ?? { stored: 0, of: 0 }
    return `${stored} of ${of}`
  }

  #told(message: string): MessageView | undefined {
    return this.events.filter((event) => event.type === "message").findLast(({ message: { id } }) => id === message)?.message
  }
}

/** `inviter` shows a code, `guest` enters it, the inviter lets them in. Returns the conversation's id on each side. */
export async function introduce(inviter: Person, guest: Person): Promise<[string, string]> {
  const { clock } = inviter.network
  const { contact: mine } = await inviter.messenger.run("invite", { name: guest.name })
  if (!(await clock.runUntil(() => inviter.contact(mine)?.state === "waiting", 60_000))) throw new Error("code not ready")
  const added = await guest.messenger.run("add", { code: inviter.contact(mine)!.code!, name: inviter.name })
  if (!added.ok) throw new Error(`code refused: ${added.problem}`)
  if (!(await clock.runUntil(() => inviter.contact(mine)?.state === "ask", 1_200_000))) throw new Error("no answer came")
  await inviter.messenger.run("accept", { contact: mine, trust: "met" })
  if (!(await clock.runUntil(() => guest.contact(added.contact)?.state === "ready", 1_200_000))) throw new Error("guest not let in")
  return [mine, added.contact]
}
