import { describe, expect, test } from "vitest"
import { decodeBundle } from "../../messenger/bundle.ts"
import { Changes } from "../../messenger/changes.ts"
import { deriveInvitation } from "../../messenger/contact-code.ts"
import { Contacts } from "../../messenger/contacts.ts"
import type { Conversations } from "../../messenger/conversations.ts"
import { Inviting } from "../../messenger/inviting.ts"
import { createMls } from "../../messenger/mls/create.ts"
import type { DeviceKeys } from "../../messenger/mls/mls.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Places } from "../../messenger/places.ts"
import type { Reading } from "../../messenger/reading.ts"
import { blockOf } from "../../messenger/records.ts"
import type { BlockRecord } from "../../messenger/records.ts"
import type { StoredContact, StoredProfile } from "../../messenger/stored.ts"
import { Watches } from "../../messenger/watches.ts"
import { Writes } from "../../messenger/writes.ts"
import { sealBlock, seededBox } from "../../shared/box.ts"
import { concat, Writer } from "../../shared/bytes.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { seeded } from "../nodes/seeded.ts"
import { answer, dropbox } from "./errands.ts"

const NOW = Date.UTC(2026, 10, 20, 12)
const random = seeded("inviting")
const mls = createMls({ random })

function device(): DeviceKeys & { identitySecret: Uint8Array } {
  const [identitySecret, deviceSecret] = [random(32), random(32)]
  const devicePublic = publicEd25519(deviceSecret)
  return { identitySecret, identityPublic: publicEd25519(identitySecret), deviceSecret, devicePublic, certificate: mls.certify(identitySecret, devicePublic, NOW) }
}

/** An inviter whose code was just given away. */
async function inviter() {
  const profile: StoredProfile = { ...device(), name: "Anna", speed: "fast", created: NOW }
  const created: string[] = []
  const watches = new Watches({ random: random, now: () => NOW, isGood: () => true, polling: () => false, lossy: () => false })
  const writes = new Writes({ random, now: () => NOW, stampBits: () => 1, isGood: () => true })
  const contacts = new Contacts({
    store: memoryStore(),
    changes: new Changes(),
    random,
    mls,
    watches,
    writes,
    places: { list: () => [], byHash: () => [], current: () => () => [dropbox], lookout: () => ({ places: () => [dropbox], empty: () => {}, rounds: () => 0 }) } as unknown as Places,
    conversations: { get: () => null, create: (id: string) => created.push(id) } as unknown as Conversations,
    reading: {} as Reading,
    now: () => NOW,
    networkId: random(32),
    profile: () => profile,
    setProfile: () => {},
    speed: () => "fast",
    parameters: () => null,
  })
  const { id } = await new Inviting(contacts).invite("")
  writes.work(1000)
  await answer(writes.next(), "stored")
  return { profile, contacts, contact: () => contacts.get(id)!, watches, created }
}

type Inviter = Awaited<ReturnType<typeof inviter>>

const answerRecord = (welcome: Uint8Array): BlockRecord => ({ type: "answer", bytes: new Writer().zeros(32).bytes16(welcome).done() })

async function welcomeFrom(guest: DeviceKeys, { invitation }: StoredContact, name: string): Promise<Uint8Array> {
  const { keyPackage } = decodeBundle(invitation!.bundle)
  return (await mls.invite(guest, keyPackage, { name, recoverySecret: random(32) }, NOW)).welcome
}

/** What a guest, or somebody else who has the code, leaves in the answer box. */
async function answered({ contact, watches }: Inviter, record: BlockRecord): Promise<void> {
  const { answerBoxSeed, answerKey } = deriveInvitation(contact().bundleHash)
  const box = seededBox(answerBoxSeed, answerKey)
  const content = sealBlock(box, blockOf(record))
  await answer(watches.next("quick", 0), "content", { content, signature: box.sign(content, random) })
}

describe("an answer to an invitation", () => {
  test("lets the inviter's user be asked: who it is, by a checked credential, and their name", async () => {
    const anna = await inviter()
    const ben = device()
    expect(anna.contact().state).toBe("waiting")
    await answered(anna, answerRecord(await welcomeFrom(ben, anna.contact(), "Ben")))
    expect(anna.contact()).toMatchObject({ state: "ask", theirName: "Ben", name: "Ben", identity: ben.identityPublic, invitation: null })
    expect(anna.created).toEqual([anna.contact().id])
  })

  test.each([
    ["nothing", ""],
    ["only blanks", "  "],
    ["a line break", "Ben\nAnna"],
    ["a mark that turns the direction of text", "Ben\u202Eanna"],
    ["a blank at its end", "Ben "],
  ])("whose name has %s is not genuine: no such name reaches the screen", async (_, name) => {
    const anna = await inviter()
    await answered(anna, answerRecord(await welcomeFrom(device(), anna.contact(), name)))
    expect(anna.contact()).toMatchObject({ state: "failed", problem: "not-genuine", theirName: null, name: "" })
    expect(anna.created).toEqual([])
  })

  test("that is something else is not genuine, and the code is spent", async () => {
    const other = await inviter()
    const welcome = async (anna: Inviter) => welcomeFrom(device(), anna.contact(), "Ben")
    const bad: readonly ((anna: Inviter) => Promise<BlockRecord>)[] = [
      async (anna) => ({ ...answerRecord(await welcome(anna)), type: "message" }),
      async (anna) => ({ type: "answer", bytes: concat(answerRecord(await welcome(anna)).bytes, Uint8Array.of(0)) }),
      async (anna) => ({ type: "answer", bytes: answerRecord(await welcome(anna)).bytes.slice(0, -1) }),
      async (anna) => answerRecord((await welcome(anna)).map((byte, i) => (i === 2000 ? byte ^ 1 : byte))),
      async () => answerRecord(await welcome(other)),
      async () => answerRecord(new Uint8Array(0)),
    ]
    for (const make of bad) {
      const anna = await inviter()
      await answered(anna, await make(anna))
      expect(anna.contact()).toMatchObject({ state: "failed", problem: "not-genuine" })
      expect(anna.watches.has(`answer/${anna.contact().id}`)).toBe(false)
      expect(anna.created).toEqual([])
    }
  })

  test("by another device of one's own is none", async () => {
    const anna = await inviter()
    const { identitySecret, identityPublic } = anna.profile
    const second = device()
    const own = { ...second, identityPublic, certificate: mls.certify(identitySecret, second.devicePublic, NOW) }
    await answered(anna, answerRecord(await welcomeFrom(own, anna.contact(), "Anna")))
    expect(anna.contact()).toMatchObject({ state: "failed", problem: "not-genuine" })
  })
})
