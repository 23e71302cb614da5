import { mkdtemp, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, test } from "vitest"
import { root } from "../../cli/bin/node.mjs"
import { encodeCode } from "../../messenger/contact-code.ts"
import { fromHex } from "../../shared/bytes.ts"
import type { RealNetwork } from "../network/real-network.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { follow, sotto, sottoWell } from "./sotto.ts"

let network: RealNetwork
let folder: string
let profile: (name: string) => string[]

beforeAll(async () => {
  network = await startRealNetwork({ echo: true })
  folder = await mkdtemp(path.join(tmpdir(), "sotto-cli-"))
  profile = (name) => ["--profile", path.join(folder, name)]
})

afterAll(async () => {
  await stopRealNetwork(network)
  await rm(folder, { recursive: true, force: true })
})

async function person(name: string): Promise<string[]> {
  await sottoWell(["init", ...profile(name), "--network", network.url, "--name", name, "--profile-speed", "fast"])
  return profile(name)
}

async function acquainted(inviter: string, guest: string): Promise<[string[], string[]]> {
  const [a, b] = [await person(inviter), await person(guest)]
  const code = await sottoWell(["code", ...a])
  await sottoWell(["add", code, ...b])
  return [a, b]
}

interface Line {
  readonly id: string
  readonly from: string
  readonly text: string
  readonly sent: string
  readonly received: string
}

const lines = (out: string): Line[] => (out === "" ? [] : out.split("\n").map((line) => JSON.parse(line) as Line))

test.concurrent("two people exchange a code and write to each other, and a message that was answered counts as received", async ({ expect }) => {
  const [anna, bert] = await acquainted("Anna", "Bert")

  const received = sottoWell(["send", ...bert, "Anna", "Is this thing on?", "--wait", "received", "--json"])
  // Anna's side is let in and reads while Bert's waits for the confirmation, which travels with her answer.
  let came: Line[] = []
  while (came.length === 0) came = lines(await sottoWell(["read", ...anna, "--json"]))
  expect(came).toEqual([{ id: expect.any(String), from: "Bert", text: "Is this thing on?", sent: expect.any(String), received: expect.any(String) }])
  expect(new Date(came[0]!.sent).toISOString()).toBe(came[0]!.sent)
  expect(Date.parse(came[0]!.received)).toBeGreaterThan(Date.parse(came[0]!.sent))

  await sottoWell(["send", "Bert", "-", ...anna], "It is.\nSecond line\n")
  expect(JSON.parse(await received)).toMatchObject({ id: came[0]!.id, state: "received" })
  let answer = lines(await sottoWell(["read", "--json", ...bert]))
  while (answer.length === 0) answer = lines(await sottoWell(["read", "--json", ...bert]))
  expect(answer.map(({ from, text }) => [from, text])).toEqual([["Anna", "It is.\nSecond line"]])

  // What was printed once is not printed again, but with --all.
  const [again, all] = await Promise.all([sottoWell(["read", ...bert, "--json"]), sottoWell(["read", ...anna, "--json", "--all"])])
  expect(again).toBe("")
  expect(lines(all).map(({ from, text }) => [from, text])).toEqual([
    ["Bert", "Is this thing on?"],
    [null, "It is.\nSecond line"],
  ])

  // Both see the same safety number, and need no network for it.
  const [atAnna, atBert] = await Promise.all([anna, bert].map(async (one) => JSON.parse(await sottoWell(["list", "--json", ...one])) as Record<string, unknown>))
  expect(atAnna).toMatchObject({ name: "Bert", state: "ready", trust: "link", safetyNumber: expect.stringMatching(/^(\d{5} ){11}\d{5}$/) })
  expect(atBert).toMatchObject({ name: "Anna", safetyNumber: atAnna!.safetyNumber })
  expect((await stat(anna[1]!)).mode & 0o077).toBe(0)
}, 400_000)

test.concurrent("a code that was made with --ask lets nobody in before its maker does", async ({ expect }) => {
  const [clara, dora] = [await person("Clara"), await person("Dora")]
  const made = JSON.parse(await sottoWell(["code", ...clara, "--as", "My neighbour", "--ask", "--json"])) as { code: string; link: string }
  expect(made.link).toBe(`${network.url}/#code/${made.code}`)
  // As it is copied from a screen, and as a link.
  await sottoWell(["add", ...dora, ...made.code.match(/.{1,16}/g)!, "--as", "Clara next door"])

  expect((await sotto(["send", ...clara, "My neighbour", "Hello", "--timeout", "60"])).err).toContain("is not let in yet")
  const accepted = JSON.parse(await sottoWell(["accept", ...clara, "my neigh", "--met", "--json"])) as Record<string, unknown>
  expect(accepted).toMatchObject({ name: "My neighbour", state: "ready", trust: "met" })
  const follower = follow(["read", "--follow", "--json", ...dora])
  await sottoWell(["send", ...clara, "My neighbour", "Come in"])
  expect(JSON.parse(await follower.line())).toMatchObject({ from: "Clara next door", text: "Come in" })

  // Meanwhile the profile belongs to the follower.
  const second = await sotto(["list", ...dora])
  expect(second).toEqual({ code: 1, out: "", err: `The profile ${dora[1]} is in use by another sotto process.\n` })
  expect(await follower.end()).toBe(0)
  expect((await sotto(["list", ...dora])).code).toBe(0)

  // The same code serves nobody else.
  const eve = await person("Eve")
  const used = await sotto(["add", made.code, ...eve])
  expect(used).toEqual({ code: 1, out: "", err: "Somebody has used this code before; ask for a new one.\n" })
  expect(await sottoWell(["list", "--json", ...eve])).toBe("")
}, 400_000)

test.concurrent("Echo says back what it is told", async ({ expect }) => {
  const frida = await person("Frida")
  const ask = () => fetch(`${network.url}/echo`, { method: "POST" })
  let response = await ask()
  // No code is ready where the bot's first is still on its way into its box.
  for (; response.status === 503; response = await ask()) await sleep(Number(response.headers.get("Retry-After")) * 1000)
  const { code } = (await response.json()) as { code: string }
  await sottoWell(["add", code, ...frida])
  expect(JSON.parse(await sottoWell(["list", "--json", ...frida]))).toMatchObject({ name: "Echo" })
  await sottoWell(["send", "Echo", "Hello, mountains", "--wait", "received", ...frida])
  const follower = follow(["read", "--follow", "--json", ...frida])
  expect(JSON.parse(await follower.line())).toMatchObject({ from: "Echo", text: "Hello, mountains" })
  await follower.end()
}, 300_000)

test.concurrent("the bots of the examples, made of the package alone, echo and relay", async ({ expect }) => {
  const example = (name: string) => path.join(root, "messenger", "examples", name)
  const address = `${network.url}#${network.id}`
  const feed = path.join(folder, "feed.xml")
  await writeFile(feed, `<rss version="2.0"><channel><item><title>Mixes at work</title><link>https://example.org/1</link></item></channel></rss>`)
  const echo = follow([path.join(folder, "echo"), address], example("echo-bot.ts"))
  const news = follow([path.join(folder, "news"), address, feed], example("feed-bot.ts"))
  const kurt = await person("Kurt")
  await sottoWell(["add", await news.line(), ...kurt])
  await sottoWell(["add", await echo.line(), ...kurt])
  await sottoWell(["send", "Echo", "Hello, examples", ...kurt])
  const follower = follow(["read", "--follow", "--json", ...kurt])
  const heard = lines([await follower.line(), await follower.line()].join("\n")).map(({ from, text }) => [from, text])
  expect(heard.sort()).toEqual([["Echo", "Hello, examples"], ["News", "Mixes at work\nhttps://example.org/1"]])
  expect(await Promise.all([follower.end(), echo.end(), news.end()])).toEqual([0, 0, 0])
}, 400_000)

test.concurrent("a code that cannot be answered is refused with its reason, and nothing is kept of it", async ({ expect }) => {
  const [gerd, hanna] = [await person("Gerd"), await person("Hanna")]
  const code = await sottoWell(["code", ...gerd])
  const refusal = async (who: string[], text: string) => {
    const { code: exit, out, err } = await sotto(["add", ...who, text, "--timeout", "120"])
    expect([exit, out]).toEqual([1, ""])
    return err
  }
  expect(await refusal(gerd, code)).toBe("This is a code of your own; give it to somebody else.\n")
  const typo = code.slice(0, 20) + (code[20] === "A" ? "B" : "A") + code.slice(21)
  expect(await refusal(hanna, typo)).toMatch(/^There is a typing mistake in line 2 /)
  expect(await refusal(hanna, code.slice(0, 48))).toBe("This code is too short: a part is missing.\n")
  expect(await refusal(hanna, "?!")).toBe("This is not a contact code.\n")
  expect(await refusal(hanna, encodeCode(new Uint8Array(32), new Uint8Array(32)))).toBe(`This code belongs to another network than "Test network".\n`)
  // Nothing was ever stored under this one.
  expect(await refusal(hanna, encodeCode(fromHex(network.id), new Uint8Array(32)))).toMatch(/^Nothing is stored under this code/)
  expect(await sottoWell(["list", "--json", ...hanna])).toBe("")
}, 300_000)

test.concurrent("a profile belongs to the network that its pin names", async ({ expect }) => {
  const init = (pin: string, name: string) => sotto(["init", "--name", name, ...profile(name), "--network", `${network.url}#${pin}`, "--json"])
  expect(JSON.parse((await init(network.id, "Ida")).out)).toMatchObject({ name: "Ida", network: { id: network.id } })
  const other = await init("00".repeat(32), "Jan")
  expect(other.code).toBe(1)
  expect(other.err).toBe(`The network at ${network.url}/ is another one than the id says: it is ${network.id}.\n`)
  const again = await init(network.id, "Ida")
  expect([again.code, again.err]).toEqual([1, `There is a profile in ${path.join(folder, "Ida")} already.\n`])
})
