import { expect, test } from "vitest"
import type { Bot } from "../../messenger/examples/door.ts"
import { openDoor } from "../../messenger/examples/door.ts"
import { echo } from "../../messenger/examples/echo.ts"
import { relay } from "../../messenger/examples/feed-relay.ts"
import { Person } from "../sim/person.ts"
import { SimNetwork } from "../sim/sim-network.ts"

const HOUR = 3_600_000

/** Somebody enters the first code that a bot's door tells. */
async function guestOf(network: SimNetwork, bot: Person, door: { codes: string[] }, name: string): Promise<{ guest: Person; conversation: string }> {
  expect(await network.clock.runUntil(() => door.codes.length > 0, HOUR)).toBe(true)
  const guest = await Person.join(network, name)
  const added = await guest.messenger.run("add", { code: door.codes.at(-1)!, name: bot.name })
  if (!added.ok) throw new Error(added.problem)
  expect(await network.clock.runUntil(() => guest.contact(added.contact)?.state === "ready", HOUR)).toBe(true)
  return { guest, conversation: added.contact }
}

function opened(bot: Person): { codes: string[]; door: Bot } {
  const codes: string[] = []
  return { codes, door: openDoor(bot.messenger, (code) => codes.push(code)) }
}

test("the echo bot lets guests in and says back what they say, also what came while it was away, and each once", async () => {
  const network = await SimNetwork.start({ seed: "echo example" })
  const bot = await Person.join(network, "Echo")
  const first = opened(bot)
  const running = echo(bot.messenger)
  const { guest, conversation } = await guestOf(network, bot, first, "Anna")
  await guest.send(conversation, "Hello, mountains")
  expect(await network.clock.runUntil(() => guest.heard.length > 0, HOUR)).toBe(true)
  // A code was used, so that there is another.
  expect(await network.clock.runUntil(() => first.codes.length > 1, HOUR)).toBe(true)

  await first.door.stop()
  await running.stop()
  await bot.messenger.stop()
  await guest.send(conversation, "Are you there?")
  await network.clock.run(20_000)
  await bot.open("Echo again")
  const again = echo(bot.messenger)
  expect(await network.clock.runUntil(() => guest.heard.length > 1, HOUR)).toBe(true)
  await network.clock.run(30_000)
  expect(guest.heard).toEqual(["Hello, mountains", "Are you there?"])
  await again.stop()
  await bot.messenger.stop()
  await guest.messenger.stop()
})

test("the relay posts each entry once to each contact, of an old feed only the newest", async () => {
  const network = await SimNetwork.start({ seed: "feed example" })
  const bot = await Person.join(network, "News")
  const { codes, door } = opened(bot)
  const { guest } = await guestOf(network, bot, { codes }, "Anna")
  const entry = (n: number) => ({ title: `Entry ${n}`, link: n % 2 === 0 ? `https://example.org/${n}` : null })
  const feed = [5, 4, 3, 2, 1].map(entry)

  expect(await relay(bot.messenger, feed)).toBe(3)
  expect(await relay(bot.messenger, feed)).toBe(2)
  expect(await relay(bot.messenger, feed)).toBe(0)
  // Of one that has a link the title may change.
  expect(await relay(bot.messenger, [entry(6), { ...entry(4), title: "Entry 4, corrected" }, ...feed])).toBe(1)
  expect(await network.clock.runUntil(() => guest.heard.length === 6, HOUR)).toBe(true)
  expect(guest.heard.slice(0, 3)).toEqual(["Entry 3", "Entry 4\nhttps://example.org/4", "Entry 5"])

  await door.stop()
  await bot.messenger.stop()
  await bot.open("News again")
  expect(await relay(bot.messenger, [entry(6), ...feed])).toBe(0)
  await bot.messenger.stop()
  await guest.messenger.stop()
})
