import { existsSync } from "node:fs"
import { readFile, writeFile, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { checkMlsFile } from "../../scripts/vectors/mls.ts"

// They belong to the working group and lie beside the repository, or not at all.
const FOLDER = fileURLToPath(new URL("../../../shared/vectors/mls/", import.meta.url))

describe.skipIf(!existsSync(FOLDER))("vectors of the MLS working group, suites 1 and 3", () => {
  const files: [string, number][] = [
    ["passive-client-welcome.json", 16],
    ["passive-client-handling-commit.json", 26],
    ["tree-validation.json", 28],
  ]
  it.each(files)("%s", { timeout: 900_000 }, async (file, cases) => {
    expect(await checkMlsFile(path.join(FOLDER, file))).toEqual({ passed: cases, failed: 0, failures: [], notApplicable: 0 })
  })

  it("a vector that was altered fails, and one of another suite is not applicable", async () => {
    const [first, second, third] = JSON.parse(await readFile(path.join(FOLDER, "passive-client-welcome.json"), "utf8"))
    const altered = { ...first, initial_epoch_authenticator: "00".repeat(32) }
    const folder = await mkdtemp(path.join(tmpdir(), "vectors-"))
    const file = path.join(folder, "altered.json")
    await writeFile(file, JSON.stringify([altered, second, { ...third, cipher_suite: 2 }]))
    const { passed, failed, failures, notApplicable } = await checkMlsFile(file)
    await rm(folder, { recursive: true })
    expect([passed, failed, notApplicable]).toEqual([1, 1, 1])
    expect(failures[0]).toContain("first epoch authenticator differs")
  })
})
