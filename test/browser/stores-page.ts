import { deleteStore, openStore } from "../../messenger/platform/browser/indexeddb-store.ts"
import { cases } from "../stores/conformance.ts"

/** What the test calls in the page: one case on a database of its own; what it throws is the answer. */
async function runCase(name: string): Promise<string | null> {
  const database = `case ${name}`
  try {
    await cases.find((one) => one.name === name)!.run({ open: () => openStore(database) })
    await deleteStore(database)
    return null
  } catch (error) {
    return String(error)
  }
}

/** A database that outlives the page. */
async function keep(value: number): Promise<void> {
  const store = await openStore("kept")
  await store.commit([["a", new Uint8Array([value])]])
}

async function kept(): Promise<number | null> {
  const store = await openStore("kept")
  const value = (await store.get("a"))?.[0] ?? null
  await store.close()
  return value
}

Object.assign(globalThis, { runCase, keep, kept })
