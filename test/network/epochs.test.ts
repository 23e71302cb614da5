import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, expect, test } from "vitest"
import { acquaint, Person } from "../../bench/endurance/people.ts"
import type { RealNetwork } from "./real-network.ts"
import { startRealNetwork, stopRealNetwork } from "./real-network.ts"

const EPOCH_SECONDS = 60
const EPOCHS = 3
const MESSAGE_EVERY = 4000
const PATIENCE = 120_000

interface Health {
  readonly role: string
  readonly directory: number
  readonly keyEpochs?: readonly number[]
  readonly refused: Readonly<Record<string, number>>
  readonly traffic?: Readonly<Record<string, number>>
}

let network: RealNetwork

beforeAll(async () => {
  network = await startRealNetwork({ parameters: { keyEpochSeconds: EPOCH_SECONDS, documentSeconds: 30, stampBits: 8 } })
})

afterAll(() => stopRealNetwork(network))

/** Node's fetch keeps no connection that a node has closed; a node that is busy answers all the same. */
async function health(): Promise<Map<string, Health>> {
  const all = network.nodes.map(async ({ name, url }) => [name, (await (await fetch(`${url}/health`)).json()) as Health] as const)
  return new Map(await Promise.all(all))
}

test("three key epochs pass under the traffic of two clients: every message comes once, and no node refuses anything", async () => {
  const [anna, ben] = [new Person("Anna", path.join(network.folder, "anna")), new Person("Ben", path.join(network.folder, "ben"))]
  const written = new Set<string>()
  try {
    for (const person of [anna, ben]) {
      await person.start(network.description)
      await person.run("create-profile", { name: person.name })
      await person.run("speed", { speed: "fast" })
    }
    await acquaint(anna, ben)

    const before = await health()
    const first = Math.floor(Date.now() / 1000 / EPOCH_SECONDS)
    const end = (first + EPOCHS) * EPOCH_SECONDS * 1000 + 5000
    while (Date.now() < end) {
      const [from, to] = written.size % 2 === 0 ? [anna, ben] : [ben, anna]
      const text = `Message ${written.size + 1} from ${from.name}`
      written.add(text)
      await from.run("send", { conversation: from.contacts.get(to.name)!, text })
      await sleep(MESSAGE_EVERY)
    }
    const deadline = performance.now() + PATIENCE
    const shown = () => [...anna.told, ...ben.told].map(({ text }) => text)
    while (performance.now() < deadline && new Set(shown()).size < written.size) await sleep(250)

    expect(shown().sort()).toEqual([...written].sort())
    expect(written.size).toBeGreaterThan(20)
    for (const [name, { role, directory, keyEpochs, refused }] of await health()) {
      expect([name, Object.entries(refused).filter(([, count]) => count > 0)]).toEqual([name, []])
      expect(directory).toBeGreaterThan(before.get(name)!.directory + 2)
      if (role === "directory") continue
      // All epochs that passed are still open, for replies that were made in them.
      expect(keyEpochs).toEqual(expect.arrayContaining([first, first + 1, first + 2, first + EPOCHS]))
    }
  } finally {
    await Promise.all([anna.stop(), ben.stop()])
  }
}, 420_000)
