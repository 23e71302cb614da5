import type { Write } from "../ports.ts"
import { DAMAGED } from "../ports.ts"
import { shelved } from "../shelf.ts"
import type { StoredMessage } from "../stored.ts"
import { keys, pack, positionIn, unpack } from "../stored.ts"
import type { Migration } from "./migrations.ts"

const MESSAGES_AT_ONCE = 200

/** Version 2 to 3, some messages of one conversation in each step: those that bring files and links are on the shelf. */
export const toShelf: Migration = async (store, at) => {
  const ids = (await store.list(keys.conversations)).map(([key]) => key.slice(keys.conversations.length)).sort()
  const [begun, after = ""] = at?.split("/") ?? []
  const id = ids.find((one) => begun === undefined || (after === "" ? one > begun : one >= begun))
  if (id === undefined) return { writes: [], next: null }
  const from = id === begun && after !== "" ? { from: keys.message(id, Number(after)) } : {}
  const page = await store.list(keys.messages(id), { ...from, limit: MESSAGES_AT_ONCE })
  const last = page.length < MESSAGES_AT_ONCE ? "" : String(positionIn(page.at(-1)![0]))
  return { writes: page.flatMap(([key, bytes]) => writesFor(id, positionIn(key), bytes)), next: `${id}/${last}` }
}

function writesFor(conversation: string, position: number, bytes: Uint8Array): Write[] {
  if (bytes === DAMAGED) return []
  const { file, link } = shelved(unpack<StoredMessage>(bytes))
  return [
    ...(file === null ? [] : [[keys.file(conversation, position), pack(file)] as const]),
    ...(link ? [[keys.link(conversation, position), new Uint8Array(0)] as const] : []),
  ]
}
