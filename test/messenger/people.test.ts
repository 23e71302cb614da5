import { expect, test } from "vitest"
import { introduce, Person } from "../sim/person.ts"
import { platformX25519, SimNetwork } from "../sim/sim-network.ts"

const MINUTES = 60_000

test("three people write in three conversations, and each hears what was meant for them, once and in order", async () => {
  const network = await SimNetwork.start({ x25519: platformX25519, seed: "three" })
  const [anna, ben, carol] = [await Person.join(network, "Anna"), await Person.join(network, "Ben"), await Person.join(network, "Carol")]
  const [annaBen, benAnna] = await introduce(anna, ben)
  const [benCarol, carolBen] = await introduce(ben, carol)
  const [carolAnna, annaCarol] = await introduce(carol, anna)
  for (let i = 0; i < 5; i++) {
    await anna.send(annaBen, `a→b ${i}`)
    await ben.send(benCarol, `b→c ${i}`)
    await carol.send(carolAnna, `c→a ${i}`)
    await network.clock.run(3000)
  }
  await ben.send(benAnna, "b→a")
  await carol.send(carolBen, "c→b")
  await anna.send(annaCarol, "a→c")
  const done = () => anna.heard.length === 6 && ben.heard.length === 6 && carol.heard.length === 6
  expect(await network.clock.runUntil(done, 3 * MINUTES)).toBe(true)
  await network.clock.run(MINUTES / 2)
  expect(anna.heard.filter((text) => text.startsWith("c→a"))).toEqual([0, 1, 2, 3, 4].map((i) => `c→a ${i}`))
  expect(anna.heard).toContain("b→a")
  expect(ben.heard.filter((text) => text.startsWith("a→b"))).toEqual([0, 1, 2, 3, 4].map((i) => `a→b ${i}`))
  expect(carol.heard.filter((text) => text.startsWith("b→c"))).toEqual([0, 1, 2, 3, 4].map((i) => `b→c ${i}`))
  expect(anna.heard.length + ben.heard.length + carol.heard.length).toBe(18)
})

test("with one in fifty of all requests between nodes lost, everything arrives once and in order", async () => {
  const network = await SimNetwork.start({ x25519: platformX25519, seed: "loss", loss: 0.02 })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  const texts = Array.from({ length: 20 }, (_, i) => `message ${i}`)
  for (const text of texts) {
    await anna.send(annaBen, text)
    await network.clock.run(2000)
  }
  expect(await network.clock.runUntil(() => ben.heard.length === texts.length, 30 * MINUTES)).toBe(true)
  await network.clock.run(MINUTES)
  expect(ben.heard).toEqual(texts)
})

test("a long text is cut over several boxes and comes out whole", async () => {
  const network = await SimNetwork.start({ x25519: platformX25519, seed: "long" })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  const text = Array.from({ length: 2000 }, (_, i) => `word${i}`).join(" ").slice(0, 16_000)
  await anna.send(annaBen, text)
  expect(await network.clock.runUntil(() => ben.heard.length === 1, 5 * MINUTES)).toBe(true)
  expect(ben.heard[0]).toBe(text)
})

test("what is written offline leaves when there is a network again", async () => {
  const network = await SimNetwork.start({ seed: "offline" })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen] = await introduce(anna, ben)
  network.down.add("Anna")
  await network.cut("Anna")
  const message = await anna.send(annaBen, "written on the train")
  await network.clock.run(1.5 * MINUTES)
  expect(anna.state(message)).toBe("queued")
  expect(ben.heard).toEqual([])
  network.down.delete("Anna")
  expect(await network.clock.runUntil(() => ben.heard.length === 1, 5 * MINUTES)).toBe(true)
})

test("both restart in the middle of a conversation and go on from what they stored", async () => {
  const network = await SimNetwork.start({ seed: "restart" })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen, benAnna] = await introduce(anna, ben)
  await anna.send(annaBen, "one")
  await anna.send(annaBen, "two")
  await network.clock.run(1500)
  await anna.messenger.stop()
  await ben.messenger.stop()
  await network.cut("Anna")
  await network.cut("Ben")
  await network.clock.run(10 * MINUTES)
  await anna.open("Anna again")
  await ben.open("Ben again")
  await anna.send(annaBen, "three")
  await ben.send(benAnna, "answer")
  expect(await network.clock.runUntil(() => ben.heard.length === 3 && anna.heard.length === 1, 10 * MINUTES)).toBe(true)
  expect(ben.heard).toEqual(["one", "two", "three"])
  expect((await anna.messages(annaBen)).map(({ text }) => text)).toEqual(["one", "two", "three", "answer"])
})

test("a code is used by one guest only; the second is told so, and has no conversation", async () => {
  const network = await SimNetwork.start({ seed: "used" })
  const [anna, ben, eve] = [await Person.join(network, "Anna"), await Person.join(network, "Ben"), await Person.join(network, "Eve")]
  const { contact } = await anna.messenger.run("invite", { name: "" })
  await network.clock.runUntil(() => anna.contact(contact)?.state === "waiting", MINUTES)
  const { code } = anna.contact(contact)!
  const first = await ben.messenger.run("add", { code: code!, name: "" })
  await network.clock.runUntil(() => anna.contact(contact)?.state === "ask", 20 * MINUTES)
  const second = await eve.messenger.run("add", { code: code!, name: "" })
  expect(first.ok && second.ok).toBe(true)
  const id = second.ok ? second.contact : ""
  await network.clock.runUntil(() => eve.contact(id)?.state === "failed", 5 * MINUTES)
  expect(eve.contact(id)).toMatchObject({ state: "failed", problem: "used" })
  expect((await eve.messenger.run("view", {})).conversations).toEqual([])
  expect(anna.contact(contact)).toMatchObject({ state: "ask", theirName: "Ben", name: "Ben" })
})

test("an own code, a mistyped one and one of another network are refused with their reasons", async () => {
  const network = await SimNetwork.start({ seed: "codes" })
  const other = await SimNetwork.start({ seed: "another network" })
  const [anna, ben, stranger] = [await Person.join(network, "Anna"), await Person.join(network, "Ben"), await Person.join(other, "Stranger")]
  const { contact } = await anna.messenger.run("invite", { name: "" })
  await network.clock.runUntil(() => anna.contact(contact)?.state === "waiting", MINUTES)
  const code = anna.contact(contact)!.code!
  expect(await anna.messenger.run("check-code", { code })).toEqual({ ok: false, problem: "own" })
  expect(await stranger.messenger.run("check-code", { code })).toEqual({ ok: false, problem: "other-network" })
  const typo = code.slice(0, 20) + (code[20] === "A" ? "C" : "A") + code.slice(21)
  expect(await ben.messenger.run("add", { code: typo, name: "" })).toEqual({ ok: false, problem: "typo", part: 2 })
  expect(await ben.messenger.run("check-code", { code: code.slice(0, 40) })).toEqual({ ok: false, problem: "too-short" })
  expect(await ben.messenger.run("check-code", { code })).toMatchObject({ ok: true })
})

test("nothing of somebody who was not let in is shown or confirmed, until they are", async () => {
  const network = await SimNetwork.start({ seed: "ask" })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const { contact } = await anna.messenger.run("invite", { name: "" })
  await network.clock.runUntil(() => anna.contact(contact)?.state === "waiting", MINUTES)
  const added = await ben.messenger.run("add", { code: anna.contact(contact)!.code!, name: "" })
  const id = added.ok ? added.contact : ""
  await network.clock.runUntil(() => ben.contact(id)?.state === "answered", 5 * MINUTES)
  const early = await ben.send(id, "before the door is open")
  await network.clock.run(3 * MINUTES)
  expect(anna.contact(contact)?.state).toBe("ask")
  expect(anna.heard).toEqual([])
  expect(ben.state(early)).toBe("dropbox")
  await anna.messenger.run("accept", { contact, trust: "link" })
  expect(await network.clock.runUntil(() => anna.heard.length === 1 && ben.contact(id)?.state === "ready", 10 * MINUTES)).toBe(true)
})

test("what a blocked contact writes is dropped unseen, and what comes after unblocking is shown", async () => {
  const network = await SimNetwork.start({ seed: "block" })
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [annaBen, benAnna] = await introduce(anna, ben)
  await anna.messenger.run("block", { contact: annaBen, blocked: true })
  await ben.send(benAnna, "you must not see this")
  await network.clock.run(1.5 * MINUTES)
  await anna.messenger.run("block", { contact: annaBen, blocked: false })
  await ben.send(benAnna, "but this")
  expect(await network.clock.runUntil(() => anna.heard.length > 0, 5 * MINUTES)).toBe(true)
  expect(anna.heard).toEqual(["but this"])
})
