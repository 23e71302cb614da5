import type { MessengerParts, Store, Write } from "../../messenger/ports.ts"
import { encodeContent } from "../../messenger/content/codec.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { createMessenger } from "../../messenger/messenger.ts"
import { createMls } from "../../messenger/mls/create.ts"
import type { GroupState } from "../../messenger/mls/mls.ts"
import type { StoredContact, StoredMessage, StoredProfile } from "../../messenger/stored.ts"
import { keys, pack, unpack } from "../../messenger/stored.ts"
import type { StoredConversation } from "../../messenger/stored-conversation.ts"
import { readerOf } from "../../messenger/stored-conversation.ts"
import { calibrated, stretch } from "../../messenger/vault/argon2.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import type { NewWay } from "../../messenger/vault/wraps.ts"
import { newStreamKey } from "../../shared/box.ts"
import { toHex } from "../../shared/bytes.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import type { Random } from "../../shared/random.ts"

/** What the platform gives, and where sealed records lie. */
export interface Platform extends Pick<MessengerParts, "clock" | "random"> {
  readonly raw: Store
}

export const PASSPHRASE = "a passphrase of usual length"
/** MLS states are made for so many conversations, and used again for the others: making them is what takes long. */
const GROUPS = 8
const DROPBOXES = 8
const DAY = 86_400_000
/** Written in one transaction. */
const CONVERSATIONS_AT_ONCE = 10

const NETWORK = { name: "Bench", authorities: [{ key: "00".repeat(32), url: "http://authority.test" }], threshold: 1, directories: [] }
const offline = { fetch: async () => null, connect: () => ({ send: () => {}, close: () => {} }) }

export const messengerOver = (store: Store, { clock, random }: Platform) => createMessenger({ store, link: offline, clock, random, network: NETWORK })

/** A sealed profile as the engine makes it, and then what conversations leave in its store. Without a passphrase (`isOpen`) it opens by itself. */
export async function makeProfile(platform: Platform, conversations: number, messages: number, isOpen = false): Promise<void> {
  const { raw, random } = platform
  const { store } = await Vault.create({ raw, random }, isOpen ? null : await passphraseWay(random))
  const messenger = messengerOver(store, platform)
  await messenger.start()
  await messenger.run("create-profile", { name: "Anna" })
  await messenger.stop()
  const profile = unpack<StoredProfile>((await store.get(keys.profile))!)
  const groups = await groupsOf(profile, random)
  const placement = Array.from({ length: DROPBOXES }, () => random(32))
  let writes: Write[] = []
  for (let i = 0; i < conversations; i++) {
    const id = toHex(random(16))
    const group = groups[i % groups.length]!
    writes.push([keys.contact(id), pack(contact(id, i, random))], [keys.conversation(id), pack(conversation(id, group, placement, messages, random))])
    for (let position = 1; position <= messages; position++) {
      const message = messageOf(id, position, random)
      writes.push([keys.message(id, position), pack(message)], [keys.messageId(message.id), pack({ conversation: id, position })])
      if (position === messages) writes.push([keys.last(id), pack(message)])
    }
    if ((i + 1) % CONVERSATIONS_AT_ONCE !== 0 && i + 1 < conversations) continue
    await store.commit(writes)
    writes = []
  }
  // Once, so that what a profile of this size has besides is there: its decoy streams grow with its conversations.
  const grown = messengerOver(store, platform)
  await grown.start()
  await grown.stop()
  await store.close()
}

async function passphraseWay(random: Random): Promise<NewWay> {
  const stretching = await calibrated(random, () => performance.now())
  return { way: "passphrase", stretching, key: await stretch(PASSPHRASE, stretching) }
}

async function groupsOf(profile: StoredProfile, random: Random): Promise<(GroupState & { streamScalar: Uint8Array })[]> {
  const mls = createMls({ random })
  const now = Date.now()
  return Promise.all(
    Array.from({ length: GROUPS }, async () => {
      const [identitySecret, deviceSecret] = [random(32), random(32)]
      const [identityPublic, devicePublic] = [publicEd25519(identitySecret), publicEd25519(deviceSecret)]
      const other = { identityPublic, deviceSecret, devicePublic, certificate: mls.certify(identitySecret, devicePublic, now) }
      const { keyPackage } = await mls.createKeyPackage(other, now)
      return mls.invite(profile, keyPackage, { name: "Anna", recoverySecret: random(32) }, now)
    }),
  )
}

function contact(id: string, number: number, random: Random): StoredContact {
  const since = Date.now() - DAY
  const name = `Contact ${number}`
  const plain = { invitation: null, answer: null, named: true, problem: null, blocked: false } as const
  const safetyNumber = Array.from({ length: 12 }, () => "12345").join(" ")
  return { ...plain, id, role: "guest", bundleHash: random(32), created: since, name, theirName: name, state: "ready", trust: "met", identity: random(32), safetyNumber, since }
}

function conversation(id: string, group: GroupState & { streamScalar: Uint8Array }, placement: Uint8Array[], position: number, random: Random): StoredConversation {
  const own = group.members.find(({ leaf }) => leaf === group.ownLeaf)!
  const { groupId, epoch, state: mls, ownLeaf, streamScalar: scalar } = group
  const mark = { epoch, index: position }
  const readers = group.members.filter(({ leaf }) => leaf !== ownLeaf).map((member) => ({ ...readerOf(member, mark), stream: newStreamKey(random).stream }))
  const present = { epoch, context: random(32), placement, commit: new Uint8Array(32), authenticator: random(16), joined: true, since: 0 }
  return {
    id,
    groupId,
    mls,
    ownLeaf,
    scalar,
    stream: own.stream,
    epochs: [present],
    writing: mark,
    readers,
    position,
    seen: position,
    unread: 0,
    attempt: 0,
    renewal: { at: null, messages: 0, due: false },
  }
}

function messageOf(conversation: string, position: number, random: Random): StoredMessage {
  const own = position % 2 === 0
  const sent = Date.now() - DAY + position * 1000
  const content = encodeContent(textMessage(`Message ${position}: ${"some words of a usual length ".repeat(position % 6)}`, random(16)))
  const nodes = (count: number) => Array.from({ length: count }, () => random(32))
  const journey = { out: nodes(4), back: nodes(4), sent, answered: sent + 4000 }
  const times = own ? { queued: sent, mix: sent + 1000, dropbox: sent + 4000, received: sent + 60_000 } : {}
  const received = sent + (own ? 60_000 : 6000)
  return { id: toHex(random(32)), conversation, position, own, content, sent, received, state: own ? "received" : null, times, problem: null, journey }
}
