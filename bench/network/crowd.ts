import type { ChildProcess } from "node:child_process"
import { fork } from "node:child_process"
import path from "node:path"
import type { Speed } from "../../messenger/api.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import type { CrowdState, Orders } from "./client.ts"
import type { Correspondence } from "./pair.ts"

const CLIENT = path.join(import.meta.dirname, "client.ts")
const PER_PROCESS = 50

/** Many clients in few processes. */
export class Crowd {
  readonly clients: number
  readonly #children: { readonly process: ChildProcess; readonly clients: number }[] = []
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  #orders = 0

  constructor(clients: number) {
    this.clients = clients
    const count = Math.ceil(clients / PER_PROCESS)
    // Pairs stay together.
    const each = 2 * Math.ceil(clients / count / 2)
    for (let left = clients; left > 0; left -= each) this.#children.push({ process: this.#fork(), clients: Math.min(each, left) })
  }

  async start(network: NetworkDescription, speed: Speed): Promise<void> {
    await Promise.all(this.#children.map(({ process, clients }) => this.#order(process, "start", { network, clients, speed })))
  }

  /** Makes those of each pair contacts of each other; returns how many pairs are after `within` ms a step. */
  async acquaint(within: number): Promise<number> {
    return (await this.#all<number, "acquaint">("acquaint", { within })).reduce((sum, pairs) => sum + pairs, 0)
  }

  async speed(speed: Speed): Promise<void> {
    await this.#all("speed", { speed })
  }

  async invite(): Promise<void> {
    await this.#all("invite", {})
  }

  /** All pairs at once. ms of each message; null for those that did not come. */
  async correspond(correspondence: Omit<Correspondence, "say">): Promise<(number | null)[]> {
    return (await this.#all<(number | null)[], "correspond">("correspond", correspondence)).flat()
  }

  /** All clients together. */
  async state(): Promise<CrowdState> {
    const states = await this.#all<CrowdState, "state">("state", {})
    return states.reduce((a, b) => Object.fromEntries(Object.entries(a).map(([name, value]) => [name, value + b[name as keyof CrowdState]])) as unknown as CrowdState)
  }

  stop(): void {
    for (const { process } of this.#children) process.kill("SIGKILL")
  }

  #all<Result, Name extends keyof Orders>(name: Name, order: Orders[Name]): Promise<Result[]> {
    return Promise.all(this.#children.map(({ process }) => this.#order(process, name, order) as Promise<Result>))
  }

  #order<Name extends keyof Orders>(child: ChildProcess, name: Name, order: Orders[Name]): Promise<unknown> {
    const id = ++this.#orders
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      child.send({ id, name, order })
    })
  }

  #fork(): ChildProcess {
    const child = fork(CLIENT, [], { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] })
    child.on("message", ({ id, ...answer }: { id: number; result: unknown } | { id: number; error: string }) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if ("error" in answer) waiting?.reject(new Error(answer.error))
      else waiting?.resolve(answer.result as never)
    })
    child.once("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("A process of clients has ended."))
      this.#waiting.clear()
    })
    return child
  }
}
