import { beforeEach, expect, test } from "vitest"
import type { MentionView } from "../../messenger/api.ts"
import { named, spoken, spokenOf } from "../../web/state/saying.ts"
import { apply } from "../../web/state/state.ts"
import { message } from "./views.ts"

const [MIRA, EVE] = ["11".repeat(32), "ee".repeat(32)]
const TEXT = "ask @Boss and @Eve"
const said = (mentions: readonly MentionView[]) => message(1, { conversation: "walkers", text: TEXT, mentions })

beforeEach(() => {
  const person = { role: "member", trust: null, contact: null, blocked: false, heard: true } as const
  apply({ type: "members", conversation: "walkers", members: [{ ...person, id: "00".repeat(32), name: "Anna", own: true }, { ...person, id: MIRA, name: "Mira", own: false }] })
})

test("a member who is named goes by the name that is known here, whatever the sender wrote", () => {
  expect(spokenOf(said([{ member: MIRA, from: 4, to: 9 }]))).toEqual({ text: "ask @Mira and @Eve", mentions: [{ member: MIRA, from: 4, to: 9 }] })
  expect(named(said([{ member: null, from: 4, to: 9 }]))[1]).toEqual({ text: "@Anna", who: "own", member: null })
})

test("where nobody is meant, neither a member nor a contact, nobody is named: what was written stays text", () => {
  const both = said([{ member: MIRA, from: 4, to: 9 }, { member: EVE, from: 14, to: 18 }])
  expect(spokenOf(both)).toEqual({ text: "ask @Mira and @Eve", mentions: [{ member: MIRA, from: 4, to: 9 }] })
  expect(named(said([{ member: EVE, from: 14, to: 18 }]))).toEqual([{ text: TEXT }])
  expect(spoken(said([{ member: EVE, from: 14, to: 18 }]))).toBe(TEXT)
})
