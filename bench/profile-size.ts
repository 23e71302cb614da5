/**
 * How long a large profile takes to open, and what memory it takes:
 *   node scripts/n.mjs node bench/profile-size.ts [--conversations 1000] [--messages 100] [--json]
 * Makes a profile of so many conversations with so many messages each, in the file store of the command line and in the encodings of the
 * engine; then a process of its own opens it, shows the list of conversations and the first screen of one of them.
 */
import { spawnSync } from "node:child_process"
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { encodeContent } from "../messenger/content/codec.ts"
import { textMessage } from "../messenger/content/text.ts"
import { createMessenger } from "../messenger/messenger.ts"
import { createMls } from "../messenger/mls/create.ts"
import type { GroupState } from "../messenger/mls/mls.ts"
import { systemClock } from "../messenger/platform/nodejs/clock.ts"
import { fileStore } from "../messenger/platform/nodejs/file-store.ts"
import { offlineLink } from "../messenger/platform/nodejs/link.ts"
import { systemRandom } from "../messenger/platform/nodejs/random.ts"
import type { Store, Write } from "../messenger/ports.ts"
import type { StoredContact, StoredMessage, StoredProfile } from "../messenger/stored.ts"
import { keys, pack, unpack } from "../messenger/stored.ts"
import type { StoredConversation } from "../messenger/stored-conversation.ts"
import { readerOf } from "../messenger/stored-conversation.ts"
import { newStreamKey } from "../shared/box.ts"
import { toHex } from "../shared/bytes.ts"
import { publicEd25519 } from "../shared/ed25519.ts"

const NETWORK = { name: "Bench", authorities: [{ key: "00".repeat(32), url: "http://authority.test" }], threshold: 1, directories: [] }
/** MLS states are made for so many conversations, and used again for the others: making them is what takes long. */
const GROUPS = 8
const DROPBOXES = 8
const SCREEN = 50
const DAY = 86_400_000

const open = (store: Store) => createMessenger({ store, link: offlineLink, clock: systemClock, random: systemRandom, network: NETWORK })

/** A profile as the engine makes it, and then what conversations leave in its store. */
async function make(file: string, conversations: number, messages: number): Promise<void> {
  const store = fileStore(file)
  const messenger = open(store)
  await messenger.start()
  await messenger.run("create-profile", { name: "Anna" })
  await messenger.stop()
  const profile = unpack<StoredProfile>((await store.get(keys.profile))!)
  const groups = await groupsOf(profile)
  const placement = Array.from({ length: DROPBOXES }, () => systemRandom(32))
  for (let i = 0; i < conversations; i++) {
    const id = toHex(systemRandom(16))
    const group = groups[i % groups.length]!
    const writes: Write[] = [
      [keys.contact(id), pack(contact(id, i, systemRandom(32)))],
      [keys.conversation(id), pack(conversation(id, group, placement, messages))],
    ]
    for (let position = 1; position <= messages; position++) {
      const message = messageOf(id, position)
      writes.push([keys.message(id, position), pack(message)], [keys.messageId(message.id), pack({ conversation: id, position })])
    }
    await store.commit(writes)
  }
  // Once, so that what a profile of this size has besides is there: its decoy streams grow with its conversations.
  const grown = open(store)
  await grown.start()
  await grown.stop()
  await store.close()
}

async function groupsOf(profile: StoredProfile): Promise<(GroupState & { streamScalar: Uint8Array })[]> {
  const mls = createMls({ random: systemRandom })
  const now = Date.now()
  return Promise.all(
    Array.from({ length: GROUPS }, async () => {
      const [identitySecret, deviceSecret] = [systemRandom(32), systemRandom(32)]
      const [identityPublic, devicePublic] = [publicEd25519(identitySecret), publicEd25519(deviceSecret)]
      const other = { identityPublic, deviceSecret, devicePublic, certificate: mls.certify(identitySecret, devicePublic, now) }
      const { keyPackage } = await mls.createKeyPackage(other, now)
      return mls.invite(profile, keyPackage, { name: "Anna", recoverySecret: systemRandom(32) }, now)
    }),
  )
}

function contact(id: string, number: number, identity: Uint8Array): StoredContact {
  const since = Date.now() - DAY
  const name = `Contact ${number}`
  const plain = { invitation: null, answer: null, named: true, problem: null, blocked: false } as const
  const safetyNumber = Array.from({ length: 12 }, () => "12345").join(" ")
  return { ...plain, id, role: "guest", bundleHash: systemRandom(32), created: since, name, theirName: name, state: "ready", trust: "met", identity, safetyNumber, since }
}

function conversation(id: string, group: GroupState & { streamScalar: Uint8Array }, placement: Uint8Array[], position: number): StoredConversation {
  const own = group.members.find(({ leaf }) => leaf === group.ownLeaf)!
  const { groupId, epoch, state: mls, ownLeaf, streamScalar: scalar } = group
  const mark = { epoch, index: position }
  const readers = group.members.filter(({ leaf }) => leaf !== ownLeaf).map((member) => ({ ...readerOf(member, mark), stream: newStreamKey(systemRandom).stream }))
  const present = { epoch, context: systemRandom(32), placement, commit: new Uint8Array(32), authenticator: systemRandom(16), joined: true, since: 0 }
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

function messageOf(conversation: string, position: number): StoredMessage {
  const own = position % 2 === 0
  const sent = Date.now() - DAY + position * 1000
  const content = encodeContent(textMessage(`Message ${position}: ${"some words of a usual length ".repeat(position % 6)}`, systemRandom(16)))
  const nodes = (count: number) => Array.from({ length: count }, () => systemRandom(32))
  const journey = { out: nodes(4), back: nodes(4), sent, answered: sent + 4000 }
  const times = own ? { queued: sent, mix: sent + 1000, dropbox: sent + 4000, received: sent + 60_000 } : {}
  const received = sent + (own ? 60_000 : 6000)
  return { id: toHex(systemRandom(32)), conversation, position, own, content, sent, received, state: own ? "received" : null, times, problem: null, journey }
}

interface Opening {
  readonly store: number
  readonly engine: number
  readonly list: number
  readonly screen: number
  readonly all: number
  /** CPU time of all this. */
  readonly cpu: number
  readonly memory: number
}

/** Opens a profile as a client does when it starts. Times in ms, memory in MB. */
async function measure(file: string): Promise<Opening> {
  const before = process.cpuUsage()
  const begun = performance.now()
  const store = fileStore(file)
  const opened = performance.now()
  const messenger = open(store)
  await messenger.start()
  const started = performance.now()
  const { conversations } = await messenger.run("view", {})
  const listed = performance.now()
  const { messages } = await messenger.run("messages", { conversation: conversations[0]!.id, limit: SCREEN })
  const shown = performance.now()
  if (messages.length === 0 || conversations.some(({ last }) => last === null)) throw new Error("The profile is not the one that was made.")
  const { user, system } = process.cpuUsage(before)
  const cpu = (user + system) / 1000
  globalThis.gc?.()
  const memory = process.memoryUsage().rss / 2 ** 20
  await messenger.stop()
  await store.close()
  return { store: opened - begun, engine: started - opened, list: listed - started, screen: shown - listed, all: shown - begun, cpu, memory }
}

const args = parseArguments(process.argv.slice(2), { conversations: "value", messages: "value", open: "value", json: "flag" })
const existing = args.options.get("open")
if (typeof existing === "string") {
  console.log(JSON.stringify(await measure(existing)))
} else {
  const conversations = numberOption(args, "conversations", 1000, 1, 100_000)
  const messages = numberOption(args, "messages", 100, 1, 100_000)
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-size-"))
  try {
    const file = path.join(folder, "profile.sqlite")
    await make(file, conversations, messages)
    const size = (await stat(file)).size / 2 ** 20
    const { stdout } = spawnSync(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), "--open", file], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
    const opening = JSON.parse(stdout) as Opening
    if (args.options.has("json")) console.log(JSON.stringify({ conversations, messages, size, ...opening }))
    else {
      const ms = (time: number) => `${Math.round(time)} ms`
      const { store, engine, list, screen, all, cpu, memory } = opening
      console.log(`${conversations} conversations of ${messages} messages, ${Math.round(size)} MB: open ${ms(store)}, engine ${ms(engine)}, list ${ms(list)}, screen ${ms(screen)}: ${ms(all)}, of them ${ms(cpu)} of work; ${Math.round(memory)} MB of memory`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
process.exit()
