import { expect, test } from "vitest"
import { verdict, verdictOf } from "../../messenger/allow.ts"
import type { Standing } from "../../messenger/groups/group-view.ts"
import type { StoredContact } from "../../messenger/stored.ts"
import type { StoredConversation } from "../../messenger/stored-conversation.ts"

const contact = (state: StoredContact["state"], more: Partial<StoredContact> = {}): StoredContact => ({
  id: "", role: "guest", bundleHash: new Uint8Array(), created: 0, invitation: null, answer: null, name: "", named: false, theirName: null, state,
  problem: null, trust: "link", identity: null, safetyNumber: null, blocked: false, since: 0, ...more,
})
const inGroup = (standing: Standing) => ({ group: { standing } }) as Pick<StoredConversation, "group">
const changed = { identityChange: {} as NonNullable<StoredContact["identityChange"]> }

test("whoever is no contact, or is none yet, passes nowhere; a contact does once they are let in", () => {
  expect(verdict(undefined)).toBe("drop")
  expect(verdictOf(undefined, undefined)).toBe("drop")
  expect(verdictOf({}, undefined)).toBe("drop")
  expect((["publishing", "waiting", "reading", "answering", "failed", "ask", "answered", "ready"] as const).map((state) => verdict(contact(state)))).toEqual(["drop", "drop", "drop", "drop", "drop", "ask", "show", "show"])
  expect(verdict(contact("ready", { blocked: true }))).toBe("drop")
  expect(verdict(contact("ready", changed))).toBe("ask")
  expect(verdict(contact("ready", { blocked: true, ...changed }))).toBe("drop")
})

test("a group is read when this user has said that they want to be there, and no more when they are out", () => {
  expect((["invited", "in", "leaving", "left", "removed"] as const).map((standing) => verdictOf(inGroup(standing), undefined))).toEqual(["ask", "show", "show", "drop", "drop"])
})
