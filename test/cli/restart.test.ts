import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { expect, test } from "vitest"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { sotto, sottoWell } from "./sotto.ts"

test("a message that was written while the network was down arrives when it is up again, and the network is the same", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-restart-"))
  const [anna, bert] = [["--profile", path.join(folder, "anna")], ["--profile", path.join(folder, "bert")]] as const
  const first = await startRealNetwork()
  for (const [name, profile] of [["Anna", anna], ["Bert", bert]] as const)
    await sottoWell(["init", ...profile, "--network", first.url, "--name", name, "--profile-speed", "fast"])
  await sottoWell(["add", ...bert, await sottoWell(["code", ...anna])])
  await sottoWell(["send", ...bert, "Anna", "before"])
  await stopRealNetwork(first, { keep: true })

  const { code, err } = await sotto(["send", ...bert, "Anna", "meanwhile", "--timeout", "5"])
  expect([code, err.trimEnd()]).toEqual([
    1,
    `The message did not reach the dropbox, because the network "Test network" cannot be reached; what was begun goes on in the next run.`,
  ])
  expect(await sottoWell(["list", ...bert])).toMatch(/^Anna +answered +only a link +\d{5} /)
  expect(await sottoWell(["send", ...bert, "Anna", "later", "--wait", "queued", "--json"])).toContain('"queued"')

  const second = await startRealNetwork({ again: first })
  expect(second.description).toEqual(first.description)
  const sent = sottoWell(["send", ...bert, "Anna", "after"])
  let texts: string[] = []
  while (texts.length < 4) texts = [...texts, ...(await sottoWell(["read", ...anna, "--json"])).split("\n").filter(Boolean).map((line) => (JSON.parse(line) as { text: string }).text)]
  expect(texts).toEqual(["before", "meanwhile", "later", "after"])
  await sent
  await stopRealNetwork(second)
  await rm(folder, { recursive: true })
}, 400_000)
