import { expect, test } from "vitest"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Store } from "../../messenger/ports.ts"
import { keys } from "../../messenger/stored.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"

const MINUTES = 60_000

/** A store that says how often it was asked. */
class Counted implements Store {
  readonly #store: Store
  asked = 0

  constructor(store: Store) {
    this.#store = store
  }

  get(key: string) {
    this.asked++
    return this.#store.get(key)
  }

  list(...args: Parameters<Store["list"]>) {
    this.asked++
    return this.#store.list(...args)
  }

  commit(writes: Parameters<Store["commit"]>[0]) {
    return this.#store.commit(writes)
  }

  close() {
    return this.#store.close()
  }
}

test("opening asks the store as often with many conversations as with one, and shows the last message of each, also where it was not kept beside", async () => {
  const desk = await Desk.start("loading")
  const anna = new Sitter(desk, "Anna", new Counted(memoryStore()))
  await anna.open()
  await anna.run("create-profile", { name: "Anna" })
  const store = anna.store as Counted
  const asked: number[] = []
  for (let i = 0; i < 3; i++) {
    const ben = await Sitter.join(desk, `Ben ${i}`)
    const ids = await acquaint(anna, ben)
    await ben.send(ids[1], `${i}`)
    await desk.run(5 * MINUTES)
    ben.present = false
    // The first is confirmed, the second not.
    await anna.send(ids[0], `to ${i}`)
    await desk.run(MINUTES)
    store.asked = 0
    await anna.open()
    asked.push(store.asked)
  }
  expect(new Set(asked).size).toBe(1)
  const last = async () => (await anna.run("view", {})).conversations.map((one) => [one.last?.text, one.last?.state]).sort()
  const shown = [0, 1, 2].map((i) => [`to ${i}`, "dropbox"])
  expect(await last()).toEqual(shown)
  // As in a profile of before.
  const kept = await store.list(keys.lasts)
  expect(kept).toHaveLength(3)
  await store.commit(kept.map(([key]) => [key, null]))
  await anna.open()
  expect(await last()).toEqual(shown)
  store.asked = 0
  await anna.open()
  expect(store.asked).toBe(asked[0])
  const [first] = (await anna.run("view", {})).contacts
  await anna.run("remove", { contact: first!.id })
  expect(await store.list(keys.lasts)).toHaveLength(2)
})
