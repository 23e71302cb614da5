import { spawn } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { createInterface } from "node:readline"
import { afterAll, expect, test } from "vitest"
import { fileStore, openDatabase, sqliteStore } from "../../messenger/platform/nodejs/file-store.ts"
import { StoreError } from "../../messenger/ports.ts"

const folder = mkdtempSync(path.join(tmpdir(), "sotto-store-"))
afterAll(() => rmSync(folder, { recursive: true }))

const fresh = (name: string) => path.join(folder, `${name}.sqlite`)
const problemOf = async (work: () => unknown) => {
  try {
    await work()
  } catch (error) {
    return error instanceof StoreError ? error.problem : error
  }
  return null
}

test("a file belongs to one store at a time", async () => {
  const store = fileStore(fresh("one"))
  expect(await problemOf(() => fileStore(fresh("one")))).toBe("in-use")
  await store.close()
  await fileStore(fresh("one")).close()
})

test("a full disk is told as such, nothing of the commit remains, and with room again it goes on", async () => {
  const database = openDatabase(fresh("full"))
  const store = sqliteStore(database)
  await store.commit([["a", new Uint8Array([1])]])
  database.exec("PRAGMA max_page_count = 10")
  expect(await problemOf(() => store.commit([["a", new Uint8Array([2])], ["b", new Uint8Array(100_000)]]))).toBe("full")
  expect(await store.get("a")).toEqual(new Uint8Array([1]))
  database.exec("PRAGMA max_page_count = 1000")
  await store.commit([["b", new Uint8Array(100_000)]])
  await store.close()
})

test("what is no database, or lies where nothing can be written, is told as such", async () => {
  writeFileSync(fresh("text"), "Not a database, but long enough to be taken for one. ".repeat(100))
  expect(await problemOf(() => fileStore(fresh("text")))).toBe("damaged")
  expect(await problemOf(() => fileStore(path.join(folder, "nowhere", "store.sqlite")))).toBe("unusable")
})

test("a deleted or replaced value is nowhere in the file after it is closed", async () => {
  const secret = new TextEncoder().encode("a key that must be forgotten")
  const store = fileStore(fresh("forgets"))
  await store.commit(Array.from({ length: 200 }, (_, i) => [`k${i}`, secret]))
  await store.commit(Array.from({ length: 200 }, (_, i) => [`k${i}`, i % 2 === 0 ? null : new Uint8Array(3)]))
  await store.close()
  expect(readFileSync(fresh("forgets")).includes(Buffer.from(secret))).toBe(false)
})

/** Two keys of each commit that must always agree, and one that grows. */
const WRITER = (file: string) => `
  import { fileStore } from ${JSON.stringify(new URL("../../messenger/platform/nodejs/file-store.ts", import.meta.url).href)}
  const store = fileStore(${JSON.stringify(file)})
  for (let n = 1; ; n++) {
    const value = new Uint8Array(new Uint32Array([n]).buffer)
    await store.commit([["a", value], ["log/" + String(n).padStart(8, "0"), new Uint8Array(500).fill(n)], ["b", value]])
    console.log(n)
  }`

const number = (value: Uint8Array | null) => (value === null ? 0 : new DataView(value.buffer, value.byteOffset).getUint32(0, true))

/** The last commit of a file, after every check that one can make. */
async function lastWhole(file: string): Promise<number> {
  const store = fileStore(file)
  const [a, b] = [number(await store.get("a")), number(await store.get("b"))]
  const log = await store.list("log/")
  await store.close()
  expect(b).toBe(a)
  expect(log.map(([key]) => Number(key.slice(4)))).toEqual(Array.from({ length: a }, (_, i) => i + 1))
  expect(log.every(([, value], i) => value.length === 500 && value.every((byte) => byte === ((i + 1) & 0xff)))).toBe(true)
  return a
}

test("a process killed in the middle of its commits loses none that was fulfilled, and half of none is there; nor with its log cut off anywhere", async () => {
  const file = fresh("killed")
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", WRITER(file)], { stdio: ["ignore", "pipe", "inherit"] })
  const ended = new Promise((resolve) => child.once("close", resolve))
  let told = 0
  for await (const line of createInterface({ input: child.stdout })) {
    told = Number(line)
    if (told === 60) child.kill("SIGKILL")
  }
  await ended
  const log = `${file}-wal`
  const { size } = statSync(log)
  // The power went while the log was written: its end is missing, or was never more than zeros.
  for (const share of [0.999, 0.9, 0.501, 0.1, 0.002]) {
    const copy = fresh(`torn ${share}`)
    cpSync(file, copy)
    cpSync(log, `${copy}-wal`)
    truncateSync(`${copy}-wal`, Math.floor(size * share))
    if (share < 0.6) truncateSync(`${copy}-wal`, size)
    expect(await lastWhole(copy)).toBeLessThanOrEqual(share > 0.6 ? Infinity : told - 10)
  }
  expect(await lastWhole(file)).toBeGreaterThanOrEqual(told)
})

test("a file does not grow when its records are written over again and again, and a page of any place in it is a page", async () => {
  const file = fresh("many")
  const store = fileStore(file)
  const key = (i: number) => `message/${String(i % 100).padStart(4, "0")}/${String(i).padStart(12, "0")}`
  const write = () => store.commit(Array.from({ length: 5000 }, (_, i) => [key(i), new Uint8Array(300)]))
  await write()
  const size = () => statSync(file).size + statSync(`${file}-wal`).size
  await write()
  const before = size()
  for (let round = 0; round < 5; round++) await write()
  expect(size()).toBeLessThan(1.2 * before)
  await store.close()
  const again = fileStore(file)
  const page = await again.list("message/0050/", { reverse: true, limit: 20 })
  expect(page.map(([one]) => one)).toEqual(Array.from({ length: 20 }, (_, i) => key(4950 - 100 * i)))
  await again.close()
})
