import { afterEach, expect, test, vi } from "vitest"
import { isBefore } from "../../messenger/stored-conversation.ts"
import type { StoredDecoy } from "../../messenger/stored-decoy.ts"
import { keys, pack, unpack } from "../../messenger/stored.ts"
import type { StoredBox, StoredConversation } from "../../messenger/stored-conversation.ts"
import type { Errand } from "../../messenger/courier.ts"
import { Watches } from "../../messenger/watches.ts"
import { toHex } from "../../shared/bytes.ts"
import { introduce, Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const MINUTES = 60_000
const FAST = { parameters: { meanDelay: 50 } }

async function restart(person: Person, seed: string): Promise<void> {
  await person.messenger.stop()
  await person.network.cut(person.name)
  await person.open(`${person.name} ${seed}`)
}

test("a guest hears that they were let in, though the inviter stopped at once and nobody wrote", async () => {
  const network = await SimNetwork.start({ seed: "accept and stop", ...FAST })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const { contact } = await anna.messenger.run("invite", { name: "" })
  await network.clock.runUntil(() => anna.contact(contact)?.state === "waiting", MINUTES)
  const added = await ben.messenger.run("add", { code: anna.contact(contact)!.code!, name: "" })
  await network.clock.runUntil(() => anna.contact(contact)?.state === "ask", 20 * MINUTES)
  await anna.messenger.run("accept", { contact, trust: "met" })
  await restart(anna, "again")
  expect(await network.clock.runUntil(() => ben.contact(added.ok ? added.contact : "")?.state === "ready", 2 * MINUTES)).toBe(true)
})

test("a decoy stream has no gap, wherever its owner stops", async () => {
  const network = await SimNetwork.start({ seed: "decoys", parameters: { meanDelay: 50, decoySeconds: 10 } })
  const anna = await Person.join(network, "Anna")
  const decoys = async () => (await anna.store.list(keys.decoys)).map(([, bytes]) => unpack<StoredDecoy>(bytes))
  for (let i = 0; i < 5; i++) {
    while (!(await decoys()).some(({ boxes }) => (boxes ?? []).length > 0)) await network.clock.run(300)
    await restart(anna, `again ${i}`)
  }
  const before = (await decoys()).map(({ epoch = 0, onward, nextWrite }) => ({ epoch: onward === undefined ? epoch : epoch + 1, index: nextWrite }))
  expect(before.some(({ index }) => index > 0)).toBe(true)
  await network.clock.run(MINUTES)
  const after = await decoys()
  // Each was followed past what lay on its way when the last restart came.
  after.forEach(({ epoch = 0, nextRead }, i) => expect(isBefore({ epoch, index: nextRead }, before[i]!)).toBe(false))
})

test("many long messages are sealed a few at a time: no packet waits for all of them", async () => {
  const network = await SimNetwork.start({ seed: "sealing", ...FAST })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  const boxes = async () => (await anna.store.list(keys.boxes(annaBen))).map(([, bytes]) => unpack<StoredBox>(bytes))
  const before = (await boxes()).length
  for (let i = 0; i < 8; i++) await anna.send(annaBen, `${i} `.repeat(8000))
  await network.clock.runUntil(() => anna.events.some((event) => event.type === "message" && event.message.state === "mix"), MINUTES)
  const sealed = (await boxes()).length - before
  expect(sealed).toBeGreaterThan(0)
  expect(sealed).toBeLessThan(8)
})

test("a state that finds its box taken by other bytes never writes again, also after a restart, and keeps what it had to send", async () => {
  const network = await SimNetwork.start({ seed: "copy", ...FAST })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  const kept = (await anna.store.get(keys.conversation(annaBen)))!
  await anna.send(annaBen, "from the one")
  await network.clock.runUntil(() => ben.heard.length === 1, MINUTES)
  await anna.messenger.stop()
  await network.cut("Anna")
  for (const prefix of [keys.boxes(annaBen), keys.outgoings(annaBen)]) {
    for (const [key] of await anna.store.list(prefix)) await anna.store.commit([[key, null]])
  }
  // The position alone is newer: the restored copy shows what was written.
  const { position } = unpack<StoredConversation>((await anna.store.get(keys.conversation(annaBen)))!)
  await anna.store.commit([[keys.conversation(annaBen), pack({ ...unpack<StoredConversation>(kept), position })]])
  await anna.open("Anna restored")
  const stored = async () => unpack<StoredConversation>((await anna.store.get(keys.conversation(annaBen)))!)
  const sent = await anna.send(annaBen, "from the other")
  let isCopy = false
  for (let i = 0; i < 20 && !isCopy; i++) {
    await network.clock.run(3000)
    isCopy = (await stored()).isCopy === true
  }
  expect(isCopy).toBe(true)
  await restart(anna, "again")
  const later = await anna.send(annaBen, "and again")
  const { writing } = await stored()
  await network.clock.run(MINUTES / 2)
  expect((await stored()).writing).toEqual(writing)
  expect([anna.state(later), await anna.store.list(keys.boxes(annaBen))]).toEqual(["queued", []])
  expect(anna.state(sent)).not.toBe("received")
  expect(ben.heard).toEqual(["from the one"])
})

afterEach(() => {
  vi.restoreAllMocks()
})

test("catching up never asks twice at once for the same box", async () => {
  const network = await SimNetwork.start({ seed: "catching up", parameters: { meanDelay: 2000 } })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  await ben.messenger.stop()
  await network.cut("Ben")
  const text = Array.from({ length: 2500 }, (_, i) => `word${i}`).join(" ").slice(0, 16_000)
  for (let i = 0; i < 4; i++) await anna.send(annaBen, `${i} ${text}`)
  await network.clock.run(MINUTES)
  const underWay = new Map<Watches, Set<string>>()
  // A read that waits though the box behind it was found is given up after a while, and asked again: another rule, left out here.
  vi.spyOn(Watches.prototype, "expect").mockImplementation(() => {})
  const next = Watches.prototype.next
  let asked = 0
  let twice = 0
  vi.spyOn(Watches.prototype, "next").mockImplementation(function (this: Watches, kind, hold) {
    const errand = next.call(this, kind, hold)
    if (errand === null) return null
    const alive = underWay.get(this) ?? new Set()
    underWay.set(this, alive)
    const box = toHex(errand.box)
    if (alive.has(box)) twice++
    alive.add(box)
    asked++
    const { fate } = errand as Errand & { fate: NonNullable<Errand["fate"]> }
    const over = () => alive.delete(box)
    return { ...errand, fate: { replied: (reply, trip) => (over(), fate.replied(reply, trip)), lost: () => (over(), fate.lost()) } }
  })
  await ben.open("Ben again")
  expect(await network.clock.runUntil(() => ben.heard.length === 4, 10 * MINUTES)).toBe(true)
  expect(ben.heard.map((heard) => heard.slice(0, 1))).toEqual(["0", "1", "2", "3"])
  expect(asked).toBeGreaterThan(20)
  expect(twice).toBe(0)
})

test("a message behind hundreds of own ones is unread all the same", async () => {
  const network = await SimNetwork.start({ seed: "unread", ...FAST })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen, benAnna] = await introduce(anna, ben)
  for (let i = 0; i < 250; i++) await anna.send(annaBen, `${i}`)
  await ben.send(benAnna, "and me?")
  await network.clock.runUntil(() => anna.heard.length === 1, 2 * MINUTES)
  const { messages } = await anna.messenger.run("unread", { limit: 10 })
  expect(messages.map(({ text }) => text)).toEqual(["and me?"])
})
