import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { expect, test } from "vitest"
import { root } from "../../cli/bin/node.mjs"
import { DIRECTORY_MAX, LINK_BODY_MAX } from "../../shared/geometry.ts"

const file = (...names: string[]) => path.join(root, "deploy", ...names)

test("Caddy lets through what nodes send each other, and little more", () => {
  const limit = 1000 * Number(/max_size (\d+)KB/.exec(readFileSync(file("Caddyfile"), "utf8"))![1])
  expect(limit).toBeGreaterThanOrEqual(Math.max(LINK_BODY_MAX, DIRECTORY_MAX))
  expect(limit).toBeLessThan(1.1 * Math.max(LINK_BODY_MAX, DIRECTORY_MAX))
})

test("the unit is one that systemd reads without a word", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sotto-unit-"))
  try {
    const unit = path.join(folder, "sotto@mix-1.service")
    writeFileSync(unit, readFileSync(file("systemd", "sotto@.service"), "utf8").replace("/opt/sotto/%i/start\nDynamic", "/bin/true\nDynamic"))
    const { error, status, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" })
    // There is none on macOS, nor in every container.
    if (error === undefined) expect([status, stderr]).toEqual([0, ""])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("what the guides tell to be typed exists: scripts, kinds of nodes, and options", () => {
  const scripts = (JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: Record<string, string> }).scripts
  const helps = ["deploy.ts", "node.ts", "nodes/settings.ts"].map((name) => readFileSync(path.join(root, "scripts", name), "utf8")).join("\n")
  const network = readFileSync(path.join(root, "cli", "commands", "network.ts"), "utf8")
  for (const guide of ["README.md", "deploy/README.md", "docs/operators.md"]) {
    const text = readFileSync(path.join(root, guide), "utf8")
    for (const [, script] of text.matchAll(/npm run ([a-z]+(?:-[a-z]+)*)/g)) expect([guide, Object.keys(scripts)]).toEqual([guide, expect.arrayContaining([script])])
    const commands = [...text.matchAll(/npm run (node|deploy|sotto) +-- ((?:[^\n`]*\\\n)*[^\n`]*)/g)]
    expect(commands.length).toBeGreaterThan(0)
    for (const [, script, words] of commands) {
      if (script === "sotto" && !words!.startsWith("network")) continue
      for (const [, option] of words!.matchAll(/--([a-z][a-z-]*)/g)) {
        const known = script === "sotto" ? new RegExp(`"?${option!}"?: "(value|flag)"|^json$`).test(network) : helps.includes(`--${option!}`)
        expect([guide, script, option, known || option === "json" || option === "help"]).toEqual([guide, script, option, true])
      }
    }
  }
})
