import { browserParts } from "../../messenger/platform/browser/parts.ts"
import { openStore } from "../../messenger/platform/browser/indexeddb-store.ts"
import type { Opening } from "./opening.ts"
import { openProfile } from "./opening.ts"
import { makeProfile } from "./profile.ts"

const NAME = "profile-size"

/** What the benchmark calls in a page, over IndexedDB. */
async function make({ conversations, messages, name = NAME, isOpen = false }: { conversations: number; messages: number; name?: string; isOpen?: boolean }): Promise<void> {
  await makeProfile({ ...browserParts(), raw: await openStore(name) }, conversations, messages, isOpen)
}

async function open(): Promise<Opening & { readonly memory: number }> {
  const opening = await openProfile({ ...browserParts(), raw: await openStore(NAME) })
  const { memory } = performance as Performance & { memory?: { usedJSHeapSize: number } }
  return { ...opening, memory: (memory?.usedJSHeapSize ?? 0) / 2 ** 20 }
}

Object.assign(globalThis, { makeProfile: make, openProfile: open })
