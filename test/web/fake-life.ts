/** Who and what there is in the app of canned data. */
import type { ContactView, MessageView, SendState } from "../../messenger/api.ts"
import type { FakeActs } from "./fake-acts.ts"
import type { QuarantineReason } from "../../messenger/quarantine.ts"

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

interface Hands {
  readonly now: number
  /** A conversation of 100,000 messages. */
  readonly long: boolean
  readonly code: string
  readonly otherSafety: string
  readonly contact: (id: string, name: string, more?: Partial<ContactView>) => ContactView
  readonly put: (conversation: string, own: boolean, text: string, sent: number, state: SendState | null, more?: Partial<MessageView>) => MessageView
  readonly keep: (contact: string, reason: QuarantineReason, count: number, age: number) => void
  readonly unread: Map<string, number>
  readonly acts: FakeActs
}

export function fill({ now, long, code, otherSafety, contact, put, keep, unread, acts }: Hands): void {
  const noon = new Date(now).setHours(12, 0, 0, 0)
  contact("mira", "Mira Adeyemi", { trust: "met" })
  for (let at = 0; at < 130; at++) put("mira", at % 3 === 0, `Older message ${at + 1}. ${"The ferry was late again. ".repeat(at % 4)}`.trim(), noon - 6 * DAY + at * 11 * MINUTE, at % 3 === 0 ? "received" : null)
  if (long) for (let at = 0; at < 100_000; at++) put("mira", at % 3 === 0, `Line ${at + 1}. ${"The ferry was late again. ".repeat(at % 7)}`.trim(), noon - 5 * DAY + at * 3000, at % 3 === 0 ? "received" : null)
  const yesterday = noon - DAY
  put("mira", false, "Did you find the notebook?", yesterday, null)
  put("mira", true, "Under the seat, where else.", yesterday + 2 * MINUTE, "received")
  put("mira", true, "I’ll bring it on Thursday.", yesterday + 2 * MINUTE + 20_000, "received")
  put("mira", false, "You are a hero. A forgetful one, but a hero.", yesterday + 9 * MINUTE, null)
  put("mira", false, "Is it still at the old place? They moved the entrance around the corner, next to the bakery:\nhttps://example.org/way", now - 9 * MINUTE, null)
  put("mira", true, "Same place. Seven?", now - 8 * MINUTE, "received")
  put("mira", false, "Seven is good.", now - 7 * MINUTE, null)
  put("mira", true, "I wrote this one while the network was slow.", now - 25_000, "dropbox", { times: { queued: now - 25_000, mix: now - 24_000, dropbox: now - 21_000 }, expected: now + 40_000 })
  put("mira", true, "And this one just now.", now - 2_000, "mix", { times: { queued: now - 2_000, mix: now - 1_000 }, expected: now + 9_000 })
  contact("jo", "Jo", { trust: "compared" })
  put("jo", true, "Call me when you are back.", now - 3 * 60 * MINUTE, "failed", { problem: "expired", journey: null })
  contact("layla", "ليلى", { theirName: "Layla", trust: "link" })
  put("layla", false, "مرحبا! كيف كان يومك؟", now - 50 * MINUTE, null)
  put("layla", false, "أراك غداً", now - 49 * MINUTE, null)
  unread.set("layla", 2)
  contact("noor", "Noor", { trust: "changed", identityChange: { at: now - 20 * MINUTE, signed: true, safetyNumber: otherSafety } })
  put("noor", false, "I have a new phone from tomorrow on.", now - 30 * MINUTE, null)
  put("noor", true, "Good to know!", now - 15 * MINUTE, "queued", { journey: null, times: { queued: now - 15 * MINUTE } })
  converse({ now, contact, put, acts })
  contact("echo", "Echo", { trust: "link" })
  put("echo", true, "Hello?", now - 2 * DAY, "received")
  put("echo", false, "Hello?", now - 2 * DAY + 9_000, null)
  contact("tom", "Tom", { blocked: true })
  keep("tom", "blocked", 14, 3 * MINUTE)
  keep("tom", "malformed", 1, 2 * DAY)
  keep("jo", "flood", 3, 40 * MINUTE)
  contact("ask", "Sasha Mori", { theirName: "Sasha Mori", state: "ask", created: now - 2 * MINUTE })
  contact("wait", "Dr. Okafor", { theirName: null, state: "waiting", code, safetyNumber: null, created: now - 30 * MINUTE })
  contact("answered", "Ida", { state: "answered", created: now - 4 * MINUTE })
  contact("bad", "Someone from the fair", { theirName: null, state: "failed", problem: "used", safetyNumber: null, created: now - DAY })
}

/** A conversation in which everything was done to messages that can be. */
function converse({ now, contact, put, acts }: Pick<Hands, "now" | "contact" | "put" | "acts">): void {
  const ago = (minutes: number) => now - minutes * MINUTE
  contact("kaya", "Kaya", { trust: "met", invitable: false })
  const question = put("kaya", false, "Shall we walk along the river, or take the old railway line? I have been told that the bridge is open again, but nobody seems to know until when.", ago(95), null)
  put("kaya", true, "The river.", ago(94), "received", { quote: acts.quote(question.id), reactions: [{ text: "🎉", count: 2, own: true, from: ["kaya"] }, { text: "👀", count: 1, own: false, from: ["kaya"] }] })
  const gone = put("kaya", false, "", ago(92), null, { deleted: ago(90) })
  put("kaya", true, "I saw nothing.", ago(89), "received", { quote: acts.quote(gone.id) })
  put("kaya", false, "Good. I meant another conversation.", ago(88), null, { quote: acts.quote("long gone") })
  put("kaya", false, "", 0, null, { damaged: true, received: null, journey: null })
  const meeting = put("kaya", true, "Nine o’clock at the lock, then, and bring the thermos.", ago(60), "received", { edited: ago(58), reactions: [{ text: "👍", count: 1, own: false, from: ["kaya"] }] })
  acts.remember(meeting.id, [{ text: "Ten at the lock", sent: ago(60) }, { text: "Nine o’clock at the lock, then", sent: ago(59) }, { text: meeting.text, sent: ago(58) }])
  put("kaya", true, "", ago(57), "received", { deleted: ago(56) })
  put("kaya", true, "This one was changed, and the change was never confirmed.", ago(55), "received", { edited: ago(54), doing: "failed" })
  put("kaya", false, "", ago(40), null, { timer: 24 * 60 * 60 })
  acts.timers.set("kaya", 24 * 60 * 60)
  put("kaya", false, "The key lies under the third stone.", ago(39), null, { lasts: DAY, ends: ago(38) + DAY })
  put("kaya", true, "Found it!", ago(30), "received", { lasts: DAY, ends: ago(30) + DAY })
  put("kaya", true, "On my way.", ago(1), "mix", { lasts: DAY, times: { queued: ago(1) }, expected: now + 9_000 })
}
