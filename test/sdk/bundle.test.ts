import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"
import { build } from "esbuild"
import { expect, test } from "vitest"
import { root } from "../../cli/bin/node.mjs"

const PROGRAM = `
  import { createMessenger, memoryStore } from "@sotto/messenger"
  import { nodeParts } from "@sotto/messenger/node"
  const link = {
    connect: (_, onEvent) => (setTimeout(() => onEvent({ type: "closed" })), { send() {}, close() {} }),
    fetch: async () => null,
  }
  const network = { name: "None", authorities: [{ key: "00".repeat(32), url: "http://localhost:1" }], threshold: 1, directories: ["http://localhost:1/"] }
  const messenger = createMessenger({ ...(await nodeParts()), store: memoryStore(), link, network })
  await messenger.start()
  await messenger.run("create-profile", { name: "Anna" })
  console.log((await messenger.run("view", {})).profile.name)
  await messenger.stop()
`

test("a program made of the package is bundled into one file that runs anywhere", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-bundle-"))
  const outfile = path.join(folder, "program.mjs")
  await build({ stdin: { contents: PROGRAM, resolveDir: path.join(root, "messenger", "examples") }, bundle: true, platform: "node", format: "esm", outfile, logLevel: "error" })
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], { cwd: folder })
  expect(stdout).toBe("Anna\n")
  await rm(folder, { recursive: true })
})
