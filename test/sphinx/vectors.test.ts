import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { expect, test } from "vitest"
import { checkSphinxFile } from "../../scripts/vectors/sphinx.ts"

const file = path.join(import.meta.dirname, "../vectors/sphinx.json")

test("every value of the Rust crate is reproduced byte for byte, in JavaScript only and with all that the platform has", async () => {
  const { hkdf, lioness, forward, surbs, edge_cases } = JSON.parse(await readFile(file, "utf8"))
  const result = await checkSphinxFile(file)
  expect(result.failures).toEqual([])
  expect(result.passed).toBe(2 * [hkdf, lioness, forward, surbs, edge_cases].flat().length)
})

test("a file in which one digit of a vector is wrong is found wrong", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "sphinx-"))
  try {
    const all = JSON.parse(await readFile(file, "utf8"))
    const forward = all.forward.find((vector: { name: string }) => vector.name === "fwd/259/3/1024/37")
    forward.hops[2].payload = forward.hops[2].payload.replace(/.$/, (digit: string) => (digit === "0" ? "1" : "0"))
    const edge = all.edge_cases.find((vector: { name: string }) => vector.name === "flip-gamma")
    edge.rust = { ok: "forward", version: 259 }
    const wrong = path.join(folder, "wrong.json")
    await writeFile(wrong, JSON.stringify({ forward: [forward], surbs: [], edge_cases: [edge] }))
    const result = await checkSphinxFile(wrong)
    expect(result).toMatchObject({ passed: 0, failed: 4 })
    expect(result.failures[0]).toContain("fwd/259/3/1024/37")
  } finally {
    await rm(folder, { recursive: true })
  }
})
