import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { Failure } from "../../cli/failure.ts"
import { takeNodeFolder } from "../../scripts/nodes/folder.ts"

let folder: string
const lock = () => path.join(folder, "lock")
const isLocked = () => spawnSync("flock", ["-n", lock(), "true"]).status !== 0

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sotto-folder-"))
})

afterEach(() => rmSync(folder, { recursive: true }))

test("a folder that is taken is locked for the script of portable nodes, too, until it is given back", () => {
  const giveBack = takeNodeFolder(folder)
  expect(isLocked()).toBe(true)
  expect(() => takeNodeFolder(folder)).toThrow(Failure)
  giveBack()
  expect(isLocked()).toBe(false)
  takeNodeFolder(folder)()
})

test("a folder in which a portable node runs cannot be taken", async () => {
  const holder = spawn("flock", ["-n", lock(), "sh", "-c", "echo here; exec cat"], { stdio: ["pipe", "pipe", "ignore"] })
  await once(holder.stdout, "data")
  expect(() => takeNodeFolder(folder)).toThrow(`A node runs in ${folder} already.`)
  holder.stdin.end()
  await once(holder, "exit")
  takeNodeFolder(folder)()
})
