import { HASH_LENGTH } from "../../shared/geometry.ts"
import { AUTHENTICATOR_PREFIX } from "../close.ts"
import { createLateMls } from "../mls/late.ts"
import type { Store, Write } from "../ports.ts"
import type { Unfinished } from "../records.ts"
import type { StoredContact } from "../stored.ts"
import { keys, pack, unpack } from "../stored.ts"
import type { StoredBox, StoredConversation, StoredMark, StoredOutgoing, StoredReader, StoredSaid } from "../stored-conversation.ts"
import type { Migration } from "./migrations.ts"

/** As conversations were kept in version 1, when a group stayed in its first epoch. */
interface OneEpoch {
  readonly id: string
  readonly groupId: Uint8Array
  readonly epoch: number
  readonly mls: Uint8Array
  readonly context: Uint8Array
  readonly ownLeaf: number
  readonly scalar: Uint8Array
  readonly stream: Uint8Array
  readonly placement: readonly Uint8Array[]
  readonly nextWrite: number
  readonly readers: readonly { leaf: number; identity: Uint8Array; stream: Uint8Array; next: number; told: number; unfinished: Unfinished | null }[]
  readonly position: number
  readonly seen: number
  readonly unread: number
  readonly unreadBytes?: number
  readonly said?: readonly StoredSaid[]
  readonly isCopy?: boolean
}

type OneEpochBox = Omit<StoredBox, "epoch">

/** Nothing is drawn to read a state. */
const mls = () =>
  createLateMls({
    random: () => {
      throw new Error("a migration draws nothing")
    },
  })

/** Version 1 to 2, a conversation in each step: places in streams say which MLS epoch they are in. */
export const fromOneEpoch: Migration = async (store, at) => {
  const all = (await store.list(keys.conversations)).sort(([a], [b]) => (a < b ? -1 : 1))
  const [key, bytes] = all.find(([key]) => at === null || key > at) ?? []
  if (key === undefined || bytes === undefined) return { writes: [], next: null }
  return { writes: await moved(store, unpack<OneEpoch | StoredConversation>(bytes)), next: key }
}

async function moved(store: Store, old: OneEpoch | StoredConversation): Promise<Write[]> {
  // A backup may hold both, where it was made while a migration was under way.
  if ("epochs" in old) return []
  const { id, epoch } = old
  const mark = (index: number): StoredMark => ({ epoch, index })
  const writes: Write[] = [[keys.conversation(id), pack(await conversation(store, old, mark))]]
  for (const [key, bytes] of await store.list(keys.boxes(id))) {
    const box = unpack<OneEpochBox>(bytes)
    writes.push([key, null], [keys.box(id, mark(box.index)), pack({ ...box, epoch } satisfies StoredBox)])
  }
  for (const [key, bytes] of await store.list(keys.outgoings(id))) {
    const { position, box } = unpack<{ position: number; box: number | null }>(bytes)
    writes.push([key, pack({ position, box: box === null ? null : mark(box) } satisfies StoredOutgoing)])
  }
  return writes
}

async function conversation(store: Store, old: OneEpoch, mark: (index: number) => StoredMark): Promise<StoredConversation> {
  const { epoch, context, placement, nextWrite, readers, ...kept } = old
  const { members } = await mls().read(old.mls)
  const authenticator = (await mls().authenticator(old.mls)).slice(0, AUTHENTICATOR_PREFIX)
  const contact = await store.get(keys.contact(old.id))
  const since = contact === null ? 0 : unpack<StoredContact>(contact).since
  // What they have confirmed was deleted, and so begins with the first box that is still there.
  const boxes = (await store.list(keys.boxes(old.id))).map(([, bytes]) => unpack<OneEpochBox>(bytes).index)
  const confirmed = mark(Math.min(nextWrite, ...boxes))
  return {
    ...kept,
    epochs: [{ epoch, context, placement, commit: new Uint8Array(HASH_LENGTH), authenticator, joined: true, since }],
    writing: mark(nextWrite),
    readers: readers.map(({ leaf, identity, stream, next, told, unfinished }): StoredReader => {
      const device = members.find((member) => member.leaf === leaf)?.device
      if (device === undefined) throw new Error("a reader of a leaf that is not there")
      return { leaf, identity, device, stream, at: mark(next), told: mark(told), confirmed, unfinished, joined: epoch }
    }),
    attempt: 0,
    renewal: { at: null, messages: 0, due: false },
  }
}
