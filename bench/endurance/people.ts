import type { ChildProcess } from "node:child_process"
import { fork } from "node:child_process"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { CommandInput, CommandName, CommandOutput, ContactState, ContactView } from "../../messenger/api.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import type { Answer, Order } from "./client.ts"

const CLIENT = path.join(import.meta.dirname, "client.ts")
const ACQUAINTED_WITHIN = 300_000

type OrderBody = Order extends infer One ? (One extends { id: number } ? Omit<One, "id"> : never) : never

/** Somebody whose client runs in a process of its own. */
export class Person {
  readonly name: string
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  #orders = 0
  /** Texts of others as they were told, each time they were told as new. */
  readonly told: { readonly conversation: string; readonly text: string; readonly at: number }[] = []
  readonly #positions = new Set<string>()
  /** Contact id here of each acquainted person, by name. */
  readonly contacts = new Map<string, string>()

  constructor(name: string, folder: string) {
    this.name = name
    this.#child = fork(CLIENT, [folder], { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] })
    this.#child.on("message", (answer: Answer) => this.#hear(answer))
    this.#child.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The client ${name} has ended.`))
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  start(network: NetworkDescription): Promise<unknown> {
    return this.#order({ order: "start", network })
  }

  run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    return this.#order({ order: "run", name, input }) as Promise<CommandOutput<Name>>
  }

  async stop(): Promise<void> {
    await this.#order({ order: "stop" }).catch(() => undefined)
    this.#child.disconnect()
  }

  #order(order: OrderBody): Promise<unknown> {
    const id = ++this.#orders
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: never) => void, reject })
      this.#child.send({ ...order, id } as Order)
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
