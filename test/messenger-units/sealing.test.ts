import { expect, test } from "vitest"
import { Changes } from "../../messenger/changes.ts"
import type { Conversations, Talk } from "../../messenger/conversations.ts"
import { encodeContent } from "../../messenger/content/codec.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { Messages } from "../../messenger/messages.ts"
import { OwnBoxes } from "../../messenger/own-boxes.ts"
import { Sealing } from "../../messenger/sealing.ts"
import type { StoredMessage } from "../../messenger/stored.ts"
import { CONFIRM_MEAN, CONFIRM_PATIENCE, expectedRoundTrip, expectedSlot } from "../../messenger/timing.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { Directory } from "../../shared/directory/document.ts"

const NOW = 1_000_000

function waiting(...talks: readonly { id: string; waitingSince?: number; confirmAt?: number }[]): string | null {
  const all = talks.map(({ id, waitingSince = null, confirmAt = null }) => ({ open: true, stored: { id, writing: { epoch: 0, index: 0 }, readers: [{ device: new Uint8Array(32) }] }, boxes: new Map(), waitingSince, confirmAt }))
  const conversations = {
    talks: new Map(all.map((talk) => [talk.stored.id, talk])),
    parts: { now: () => NOW, mayWrite: () => true, door: () => "show", writes: { voided: () => [], count: () => 0, oldest: () => null } },
  }
  const talk: Talk | null = new Sealing(conversations as unknown as Conversations, new OwnBoxes(conversations as unknown as Conversations), () => true).waiting()
  return talk?.stored.id ?? null
}

test("what was written is sealed before any confirmation alone", () => {
  expect(waiting({ id: "due", confirmAt: NOW - 100_000 }, { id: "written", waitingSince: NOW - 1 })).toBe("written")
  expect(waiting({ id: "later", waitingSince: NOW - 1 }, { id: "due", confirmAt: NOW - 150_000 }, { id: "sooner", waitingSince: NOW - 2, confirmAt: NOW })).toBe("sooner")
})

test("a confirmation that is due for three times its mean wait goes before what was written since, and after what waited already", () => {
  const confirmAt = NOW - CONFIRM_PATIENCE
  expect(waiting({ id: "due", confirmAt }, { id: "written", waitingSince: NOW + 1 })).toBe("due")
  expect(waiting({ id: "due", confirmAt: confirmAt + 1 }, { id: "written", waitingSince: NOW + 1 })).toBe("written")
  expect(waiting({ id: "due", confirmAt }, { id: "written", waitingSince: NOW - 1 })).toBe("written")
})

test("where nothing was written the confirmation goes that is due longest, and none that is not due yet", () => {
  expect(waiting({ id: "due", confirmAt: NOW - 1 }, { id: "longer", confirmAt: NOW - 2 })).toBe("longer")
  expect(waiting({ id: "soon", confirmAt: NOW + 1 })).toBeNull()
})

test("a message in a dropbox is expected to be confirmed after the confirmation's mean wait, a slot and a round trip", () => {
  const messages = new Messages({ store: memoryStore(), changes: new Changes(), directory: () => ({ parameters: defaultParameters }) as Directory, speed: () => "balanced", known: () => ({ own: false, name: null }), erase: () => undefined })
  const message: StoredMessage = {
    id: "m",
    conversation: "c",
    position: 0,
    own: true,
    content: encodeContent(textMessage("x", new Uint8Array(16))),
    sent: NOW,
    received: null,
    state: "dropbox",
    times: { queued: NOW, dropbox: NOW + 5000 },
    problem: null,
    journey: null,
  }
  const view = (state: StoredMessage["state"]) => messages.bare({ ...message, state }).expected
  expect(view("dropbox")).toBe(NOW + 5000 + CONFIRM_MEAN + expectedSlot("balanced") + expectedRoundTrip(defaultParameters))
  expect(view("received")).toBeNull()
})
