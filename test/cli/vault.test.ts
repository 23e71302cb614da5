import { spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, beforeAll, expect, test } from "vitest"
import { ageOpen, ageSeal } from "../../cli/age.ts"
import { openProfile } from "../../cli/profile.ts"
import { bytes, plainProfile } from "../vault/support.ts"
import type { Ended } from "./sotto.ts"
import { MAIN } from "./sotto.ts"

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), "sotto-vault-"))))
afterAll(() => rmSync(folder, { recursive: true }))

/** A profile as the command line kept it before there were vaults. */
function former(name: string): string {
  const made = path.join(folder, name)
  mkdirSync(made)
  const { network, records } = plainProfile()
  const database = new DatabaseSync(path.join(made, "profile.sqlite"))
  database.exec(`CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE decisions (contact TEXT PRIMARY KEY, let_in INTEGER NOT NULL, take_name INTEGER NOT NULL) STRICT;
    CREATE TABLE given (contact TEXT PRIMARY KEY, time INTEGER NOT NULL) STRICT;
    INSERT INTO decisions VALUES ('somebody', 1, 0); INSERT INTO given VALUES ('somebody', 7)`)
  for (const [key, value] of records) database.prepare("INSERT INTO entries VALUES (?, ?)").run(key, value)
  const put = database.prepare("INSERT INTO settings VALUES (?, ?)")
  put.run("network", JSON.stringify(network))
  put.run("app", "http://localhost:8080/")
  database.close()
  return made
}

function sotto(words: readonly string[], secrets: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...words], { env: { ...process.env, ...secrets }, stdio: ["ignore", "pipe", "pipe"] })
  let [out, err] = ["", ""]
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()))
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? -1, out, err })))
}

test("a profile of before is sealed when it is opened, and nothing of it remains in the clear", async () => {
  const profile = await openProfile(former("former"))
  expect(profile.vault.isProtected).toBe(false)
  expect(profile.decisions.of("somebody")).toEqual({ letIn: true, takeName: false })
  expect(profile.decisions.given).toEqual(new Map([["somebody", 7]]))
  expect((await profile.store.list("message/")).length).toBe(2)
  await profile.store.close()
  const file = readFileSync(path.join(profile.folder, "profile.sqlite")).toString("latin1")
  for (const word of ["message/", "of before", "somebody", "identitySecret"]) expect([word, file.includes(word)]).toEqual([word, false])
  const again = await openProfile(profile.folder)
  expect(again.decisions.of("somebody")).toEqual({ letIn: true, takeName: false })
  await again.store.close()
})

test("a passphrase is set, asked for, backed up with, restored by; a wipe needs none", async () => {
  const dir = former("anna")
  const at = ["--profile", dir]
  const set = await sotto(["passphrase", ...at], { SOTTO_NEW_PASSPHRASE: "correct horse" })
  expect(set).toMatchObject({ code: 0, err: expect.stringContaining("locked by its passphrase now") })
  expect(await sotto(["list", ...at])).toMatchObject({ code: 1, err: expect.stringContaining("The profile is locked.") })
  expect(await sotto(["list", ...at], { SOTTO_PASSPHRASE: "battery staple" })).toMatchObject({ code: 1, err: "The passphrase is wrong; nothing was changed.\n" })
  const secret = path.join(folder, "secret")
  writeFileSync(secret, "correct horse\n")
  expect((await sotto(["list", ...at, "--passphrase-file", secret])).out).toContain("ready")

  const file = path.join(folder, "anna.age")
  const backedUp = await sotto(["backup", file, ...at], { SOTTO_PASSPHRASE: "correct horse" })
  expect(backedUp).toMatchObject({ code: 0, out: expect.stringContaining("opened again and compared") })
  const other = path.join(folder, "restored")
  expect(await sotto(["restore", file, "--profile", other], { SOTTO_PASSPHRASE: "wrong" })).toMatchObject({ code: 1, err: expect.stringContaining("passphrase is wrong") })
  expect(existsSync(other)).toBe(false)
  expect(await sotto(["restore", file, "--profile", other], { SOTTO_PASSPHRASE: "correct horse" })).toMatchObject({ code: 0 })
  const messages = await sotto(["status", "--profile", other, "--json"], { SOTTO_PASSPHRASE: "correct horse" })
  expect(JSON.parse(messages.out)).toMatchObject({ name: "Anna", passphrase: true, contacts: 1 })
  expect(await sotto(["restore", file, "--profile", other], { SOTTO_PASSPHRASE: "correct horse" })).toMatchObject({ code: 1, err: expect.stringContaining("There is a profile in") })

  expect(await sotto(["wipe", ...at])).toMatchObject({ code: 1 })
  expect(await sotto(["wipe", "--yes", ...at])).toMatchObject({ code: 0 })
  expect(existsSync(path.join(dir, "profile.sqlite"))).toBe(false)
})

test("an age file opens by its passphrase alone; one that is cut short, changed or another says which", async () => {
  const file = await ageSeal("pass", bytes("hello".repeat(30_000)), 10)
  expect(await ageOpen("pass", file)).toMatchObject({ ok: true })
  expect(await ageOpen("other", file)).toEqual({ ok: false, problem: "wrong" })
  expect(await ageOpen("pass", file.subarray(0, 100_000))).toEqual({ ok: false, problem: "damaged" })
  const changed = file.slice()
  changed[file.length - 1]! ^= 1
  expect(await ageOpen("pass", changed)).toEqual({ ok: false, problem: "damaged" })
  expect(await ageOpen("pass", bytes("PK"))).toEqual({ ok: false, problem: "not-a-backup" })
})
