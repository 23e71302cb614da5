import { beforeAll, describe, expect, it } from "vitest"
import { decodeGroupState } from "ts-mls/clientState.js"
import { MlsError } from "../../messenger/mls/mls.ts"
import { ownStreamBox, streamBox } from "../../shared/box.ts"
import { toHex } from "../../shared/bytes.ts"
import { basePoint, littleEndian } from "../../shared/ed25519.ts"
import { BLOCK_LENGTH } from "../../shared/geometry.ts"
import { utf8 } from "../../shared/text.ts"
import type { Pair } from "./support.ts"
import { createPair, createPerson, DAY, NOW } from "./support.ts"

let pair: Pair
beforeAll(async () => {
  pair = await createPair("conversation")
})

async function sealMany(count: number) {
  const { mls } = pair
  let { state } = pair.invited
  const messages: Uint8Array[] = []
  for (let i = 0; i < count; i++) {
    const sealed = await mls.seal(state, utf8(`message ${i}`))
    state = sealed.state
    messages.push(sealed.message)
  }
  return messages
}

describe("a guest and an inviter", () => {
  it("have the same group, members and box context, and the inviter the greeting", () => {
    const { invited, joined, greeting, inviter, guest, keyPackage } = pair
    expect(joined.greeting).toEqual(greeting)
    expect(toHex(joined.groupId)).toBe(toHex(invited.groupId))
    expect(invited.groupId.length).toBe(16)
    expect([invited.epoch, joined.epoch]).toEqual([1, 1])
    expect([invited.ownLeaf, joined.ownLeaf]).toEqual([0, 1])
    expect(toHex(joined.boxContext)).toBe(toHex(invited.boxContext))
    expect(joined.members).toEqual(invited.members)
    expect(joined.members.map(({ leaf }) => leaf)).toEqual([0, 1])
    expect(joined.members.map(({ identity }) => identity)).toEqual([guest, inviter].map(({ device }) => device.identityPublic))
    expect(joined.members.map(({ device }) => device)).toEqual([guest, inviter].map(({ device }) => device.devicePublic))
    expect(toHex(joined.streamScalar)).toBe(toHex(keyPackage.streamScalar))
  })

  it("each hold the scalar of their own stream, whose boxes the other finds", () => {
    const { invited, joined } = pair
    for (const side of [invited, joined]) {
      const { stream } = side.members[side.ownLeaf]!
      expect(toHex(basePoint(littleEndian(side.streamScalar)))).toBe(toHex(stream))
      const other = side === invited ? joined : invited
      const own = ownStreamBox(side.boxContext, side.streamScalar, stream, 7)
      expect(toHex(own.id)).toBe(toHex(streamBox(other.boxContext, stream, 7).id))
    }
  })

  it("read each other's messages, in turn and at once", async () => {
    const { mls, invited, joined } = pair
    let [a, b] = [invited.state, joined.state]
    for (let round = 0; round < 5; round++) {
      const fromA = await mls.seal(a, utf8(`a ${round}`))
      const fromB = await mls.seal(b, utf8(`b ${round}`), utf8("directory"))
      const atB = await mls.open(fromB.state, fromA.message)
      const atA = await mls.open(fromA.state, fromB.message)
      if (!atA.ok || !atB.ok) throw new Error("not opened")
      expect(atB).toMatchObject({ sender: 0, epoch: 1, plaintext: utf8(`a ${round}`), authenticatedData: new Uint8Array() })
      expect(atA).toMatchObject({ sender: 1, epoch: 1, plaintext: utf8(`b ${round}`), authenticatedData: utf8("directory") })
      ;[a, b] = [atA.state, atB.state]
    }
  })

  it("are in a group of their own each time", async () => {
    const other = await createPair("another conversation")
    expect(toHex(other.invited.groupId)).not.toBe(toHex(pair.invited.groupId))
    expect(toHex(other.invited.boxContext)).not.toBe(toHex(pair.invited.boxContext))
  })
})

describe("messages", () => {
  it("60 in reverse order are all read", async () => {
    const messages = await sealMany(60)
    let { state } = pair.joined
    for (let i = 59; i >= 0; i--) {
      const opened = await pair.mls.open(state, messages[i]!)
      if (!opened.ok) throw new Error(`message ${i}: ${opened.problem}`)
      expect(opened.plaintext).toEqual(utf8(`message ${i}`))
      state = opened.state
    }
  })

  it("read once are refused as replayed, also after the state was stored, and one's own that come back too", async () => {
    const { mls, invited, joined } = pair
    const [first, second, third] = await sealMany(3)
    const opened = await mls.open(joined.state, second!)
    if (!opened.ok) throw new Error("not opened")
    const stored = opened.state.slice()
    for (const state of [opened.state, stored]) {
      expect(await mls.open(state, second!)).toEqual({ ok: false, problem: "replayed" })
      expect((await mls.open(state, first!)).ok).toBe(true)
      expect((await mls.open(state, third!)).ok).toBe(true)
    }
    const sent = await mls.seal(invited.state, utf8("mine"))
    expect(await mls.open(sent.state, sent.message)).toEqual({ ok: false, problem: "replayed" })
  })

  it("may be 64 ahead, and no further", async () => {
    const messages = await sealMany(66)
    const { mls, joined } = pair
    expect((await mls.open(joined.state, messages[64]!)).ok).toBe(true)
    expect(await mls.open(joined.state, messages[65]!)).toEqual({ ok: false, problem: "malformed" })
    expect((await mls.open(joined.state, messages[0]!)).ok).toBe(true)
  })

  it("of another group are malformed", async () => {
    const other = await createPair("another conversation")
    const { message } = await other.mls.seal(other.invited.state, utf8("x"))
    expect(await pair.mls.open(pair.joined.state, message)).toEqual({ ok: false, problem: "malformed" })
  })

  it("may be empty or long", async () => {
    const { mls, invited, joined } = pair
    for (const length of [0, 1, 100_000]) {
      const { message } = await mls.seal(invited.state, new Uint8Array(length).fill(7))
      const opened = await mls.open(joined.state, message)
      expect(opened.ok && opened.plaintext.length).toBe(length)
    }
  })
})

describe("states", () => {
  it("go on where they were after being stored, and say the same of themselves", async () => {
    const { mls, invited, joined } = pair
    const stored = { a: invited.state.slice(), b: joined.state.slice() }
    const { state, members, room, groupId, epoch, ownLeaf, boxContext } = joined
    expect(await mls.read(stored.b)).toEqual({ state, members, room, groupId, epoch, ownLeaf, boxContext })
    const sealed = await mls.seal(stored.a, utf8("stored"))
    const opened = await mls.open(stored.b, sealed.message)
    expect(opened.ok && opened.plaintext).toEqual(utf8("stored"))
  })

  it("are never changed by what is done with them, once, again, or twice at once", async () => {
    const { mls, invited, joined } = pair
    const [a, b] = [invited.state, joined.state].map((state) => state.slice())
    const before = [a!, b!].map(toHex)
    // a from its bytes and then from memory; b always from its bytes
    const expectRead = async (message: Uint8Array, text: string) => {
      const opened = await mls.open(b!, message)
      expect(opened.ok && opened.plaintext).toEqual(utf8(text))
      expect((await mls.open(b!.slice(), message)).ok).toBe(true)
    }
    for (const text of ["one", "two"]) await expectRead((await mls.seal(a!, utf8(text))).message, text)
    const next = (await mls.seal(a!, utf8("before"))).state
    for (const text of ["three", "four"]) await expectRead((await mls.seal(next, utf8(text))).message, text)
    const [five, six] = await Promise.all(["five", "six"].map((text) => mls.seal(next, utf8(text))))
    await expectRead(five!.message, "five")
    await expectRead(six!.message, "six")
    expect([a!, b!].map(toHex)).toEqual(before)
  })

  it("no longer hold the key of a message that was sent or read", async () => {
    const { mls, invited, joined } = pair
    // A removed key would show as the ratchet's secret of before, which both sides' states hold.
    const secretOf = (state: Uint8Array) => decodeGroupState(state.slice(1), 0)![0].secretTree[0]!.application.secret
    const before = toHex(secretOf(invited.state))
    expect(toHex(joined.state)).toContain(before)
    const sealed = await mls.seal(invited.state, utf8("x"))
    const opened = await mls.open(joined.state, sealed.message)
    if (!opened.ok) throw new Error("not opened")
    for (const state of [sealed.state, opened.state]) expect(toHex(state)).not.toContain(before)
  })

  it("that are not ours are our own mistake", async () => {
    const { mls } = pair
    for (const bytes of [new Uint8Array(), new Uint8Array([2, 1]), pair.joined.state.slice(0, 500)])
      await expect(mls.open(bytes, new Uint8Array())).rejects.toThrow()
  })
})

describe("sizes", () => {
  it("an answer with the longest name fits one box, and so does an invitation bundle", async () => {
    const { mls, guest, inviter, random, keyPackage } = pair
    const greeting = { name: "ä".repeat(32), recoverySecret: random(32) }
    const { welcome } = await mls.invite(guest.device, keyPackage.keyPackage, greeting, NOW)
    const joined = await mls.join(keyPackage.keyPackage, keyPackage.secrets, welcome, NOW)
    expect(joined?.greeting).toEqual(greeting)
    expect(welcome.length).toBe(3129)
    expect(welcome.length).toBeLessThanOrEqual(3400)
    expect(keyPackage.keyPackage.length).toBe(2883)
    const bundle = 32 + 32 + inviter.device.certificate.length + 2 + 64 + keyPackage.keyPackage.length
    expect(bundle).toBeLessThanOrEqual(BLOCK_LENGTH - 100)
  })

  it("a message takes 146 bytes beside its text, and no padding", async () => {
    const { mls, invited } = pair
    for (const length of [100, 101, 500]) {
      const { message } = await mls.seal(invited.state, new Uint8Array(length))
      expect(message.length).toBe(length + 146)
    }
  })
})

describe("mistakes of the caller", () => {
  it("a name of more than 64 bytes, or a recovery secret of another length", async () => {
    const { mls, guest, keyPackage, random } = pair
    for (const greeting of [
      { name: "x".repeat(65), recoverySecret: random(32) },
      { name: "ä".repeat(33), recoverySecret: random(32) },
      { name: "x", recoverySecret: random(31) },
    ])
      await expect(mls.invite(guest.device, keyPackage.keyPackage, greeting, NOW)).rejects.toThrow(MlsError)
  })

  it("a KeyPackage of one's own", async () => {
    const { mls, inviter, keyPackage, greeting } = pair
    await expect(mls.invite(inviter.device, keyPackage.keyPackage, greeting, NOW)).rejects.toThrow(MlsError)
  })

  it("a device whose certificate is not valid", async () => {
    const { mls, random, inviter, guest } = pair
    const old = createPerson(mls, random, NOW - 400 * DAY)
    const foreign = { ...inviter.device, certificate: guest.device.certificate }
    for (const device of [old.device, foreign]) await expect(mls.createKeyPackage(device, NOW)).rejects.toThrow(MlsError)
  })
})
