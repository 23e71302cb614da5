import { expect, test } from "vitest"
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
