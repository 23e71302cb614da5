import type { ChildProcess } from "node:child_process"
import { fork } from "node:child_process"
import { once } from "node:events"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { CommandInput, CommandName, CommandOutput, ContactState, ContactView } from "../../messenger/api.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import type { Answer, Order } from "./client.ts"

const CLIENT = path.join(import.meta.dirname, "client.ts")
const ACQUAINTED_WITHIN = 300_000

type OrderBody = Order extends infer One ? (One extends { id: number } ? Omit<One, "id"> : never) : never

/** The client's process has ended before it answered: nobody knows whether what it was told to do has happened. */
export class Killed extends Error {}

/** Somebody whose client runs in a process of its own, which can be killed at any time and goes on from its folder. */
export class Person {
  readonly name: string
  readonly #folder: string
  #network: NetworkDescription | null = null
  #child: ChildProcess | undefined
  /** Resolved while the client takes commands. */
  #up: Promise<unknown> = Promise.resolve()
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  #orders = 0
  /** Texts of others, when they were first told of. */
  readonly told: { readonly conversation: string; readonly text: string; readonly at: number }[] = []
  readonly #positions = new Set<string>()
  /** Contact id here of each acquainted person, by name. */
  readonly contacts = new Map<string, string>()

  constructor(name: string, folder: string) {
    this.name = name
    this.#folder = folder
  }

  start(network: NetworkDescription): Promise<unknown> {
    this.#network = network
    const child = (this.#child = fork(CLIENT, [this.#folder], { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] }))
    child.on("message", (answer: Answer) => this.#hear(answer))
    child.once("exit", () => {
      const waiting = [...this.#waiting.values()]
      this.#waiting.clear()
      for (const { reject } of waiting) reject(new Killed(`The client ${this.name} has ended.`))
    })
    return (this.#up = this.#order({ order: "start", network }))
  }

  /** SIGKILL, and after so many ms a new process in the same folder. */
  async restart(after: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#up = promise
    const ended = once(this.#child!, "exit")
    this.#child!.kill("SIGKILL")
    await ended
    await sleep(after)
    await this.start(this.#network!)
    resolve()
  }

  async run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    await this.#up
    return (await this.#order({ order: "run", name, input })) as CommandOutput<Name>
  }

  /** As a user does: where the client was killed meanwhile, looks whether it has happened, and does it where it has not. */
  async insist(isDone: () => Promise<boolean>, act: () => Promise<unknown>): Promise<void> {
    for (let first = true; ; first = false) {
      try {
        if (first || !(await isDone())) await act()
        return
      } catch (error) {
        if (!(error instanceof Killed)) throw error
      }
    }
  }

  /** Writes a text, once. */
  async write(to: string, text: string): Promise<void> {
    const conversation = this.contacts.get(to)!
    const isThere = async () => (await this.run("messages", { conversation, limit: 20 })).messages.some((message) => message.own && message.text === text)
    await this.insist(isThere, () => this.run("send", { conversation, text }))
  }

  /** All that lies in the conversation with this one, by what its store says, in its order. */
  async received(from: string): Promise<string[]> {
    const conversation = this.contacts.get(from)!
    const texts: string[] = []
    for (let before: number | undefined; ; ) {
      const { messages, more } = await this.run("messages", { conversation, limit: 200, ...(before === undefined ? {} : { before }) })
      texts.unshift(...messages.filter(({ own }) => !own).map(({ text }) => text))
      if (!more) return texts
      before = messages[0]!.position
    }
  }

  async stop(): Promise<void> {
    if (this.#child === undefined) return
    await this.#order({ order: "stop" }).catch(() => undefined)
    if (this.#child.connected) this.#child.disconnect()
  }

  #order(order: OrderBody): Promise<unknown> {
    const id = ++this.#orders
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: never) => void, reject })
      // Where it cannot be handed over the process is ending.
      this.#child!.send({ ...order, id } as Order, () => undefined)
    })
  }

  #hear(answer: Answer): void {
    if ("event" in answer) {
      const { event } = answer
      if (event.type !== "message" || event.message.own) return
      const { conversation, position, text } = event.message
      // The same message is told again when its state changes; another position is another message.
      if (this.#positions.has(`${conversation} ${position}`)) return
      this.#positions.add(`${conversation} ${position}`)
      this.told.push({ conversation, text, at: performance.now() })
      return
    }
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ("error" in answer) waiting?.reject(new Error(`${this.name}: ${answer.error}`))
    else waiting?.resolve(answer.result as never)
  }
}

async function contactIn(person: Person, id: string, states: readonly ContactState[]): Promise<ContactView> {
  const until = performance.now() + ACQUAINTED_WITHIN
  while (performance.now() < until) {
    const { contacts } = await person.run("view", {})
    const contact = contacts.find((one) => one.id === id)
    if (contact !== undefined && states.includes(contact.state)) return contact
    await sleep(250)
  }
  throw new Error(`${person.name}: no contact got ${states.join(" or ")} within ${ACQUAINTED_WITHIN / 1000} s.`)
}

/** `inviter` shows a code, `guest` enters it, the inviter lets them in. */
export async function acquaint(inviter: Person, guest: Person): Promise<void> {
  const { contact } = await inviter.run("invite", { name: guest.name })
  const { code } = await contactIn(inviter, contact, ["waiting"])
  const added = await guest.run("add", { code: code!, name: inviter.name })
  if (!added.ok) throw new Error(`The code was refused: ${added.problem}.`)
  await contactIn(inviter, contact, ["ask"])
  await inviter.run("accept", { contact, trust: "met" })
  await contactIn(guest, added.contact, ["answered", "ready"])
  inviter.contacts.set(guest.name, contact)
  guest.contacts.set(inviter.name, added.contact)
}
