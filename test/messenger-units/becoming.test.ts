import fc from "fast-check"
import { expect, test } from "vitest"
import { become } from "../../messenger/becoming.ts"
import { actOf, deletionMessage, reactionMessage } from "../../messenger/content/acts.ts"
import { encodeContent } from "../../messenger/content/codec.ts"
import type { MimiContent } from "../../messenger/content/content.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { becomeView, saidIn } from "../../messenger/saying.ts"
import type { StoredMessage } from "../../messenger/stored.ts"
import type { StoredAct } from "../../messenger/stored-acts.ts"

const SALT = new Uint8Array(16)
const ID = Uint8Array.of(1, ...new Uint8Array(31).fill(2))

const first: StoredMessage = {
  id: "m", conversation: "ben", position: 1, own: false, content: encodeContent(textMessage("first", SALT)), sent: 0, received: 0, state: null, times: {}, problem: null, journey: null,
}

let serial = 0
const act = (content: MimiContent, from: string | null, said: number): StoredAct => ({ id: `act ${serial++}`, from, content: encodeContent(content), said, sent: said })

function after(message: StoredMessage, acts: readonly StoredAct[]): StoredMessage {
  return acts.reduce((now, one) => {
    const outcome = become(now, one, actOf(decode(one))!)
    return outcome === null || outcome === "unfit" ? now : outcome
  }, message)
}

const contents = new Map<Uint8Array, MimiContent>()
const decode = ({ content }: StoredAct) => contents.get(content)!
const known = (content: MimiContent, from: string | null, said: number): StoredAct => {
  const made = act(content, from, said)
  contents.set(made.content, content)
  return made
}

const edit = (text: string, from: string | null, said: number) => known(textMessage(text, SALT, { replaces: ID }), from, said)
const react = (reactions: readonly string[], from: string | null, said: number) => known(reactionMessage(ID, reactions, null, SALT), from, said)
const deletion = (from: string | null, said: number) => known(deletionMessage(ID, SALT), from, said)

const sender = fc.constantFrom("ben", null, "eve")
const anyAct = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), sender, fc.nat({ max: 5 })).map(([text, from, said]) => edit(text, from, said)) },
  { weight: 8, arbitrary: fc.tuple(fc.subarray(["❤", "+1", "👀"]), sender, fc.nat({ max: 5 })).map(([reactions, from, said]) => react(reactions, from, said)) },
  { weight: 1, arbitrary: fc.tuple(sender, fc.nat({ max: 5 })).map(([from, said]) => deletion(from, said)) },
)

test("whatever the order in which acts come, once or more often, a message becomes the same", () => {
  const orders = fc.array(anyAct, { maxLength: 12 }).chain((acts) => fc.tuple(fc.constant(acts), fc.shuffledSubarray([...acts, ...acts], { minLength: 2 * acts.length })))
  const seen = (message: StoredMessage) => ({ ...saidIn(message), ...becomeView(message), history: message.edits?.map(({ id }) => id) })
  fc.assert(
    fc.property(orders, ([acts, shuffled]) => {
      expect(seen(after(first, shuffled))).toEqual(seen(after(first, acts)))
    }),
    { numRuns: 500 },
  )
})

test("more edits than are kept come to the same in any order, too", () => {
  const edits = Array.from({ length: 50 }, (_, said) => edit(`text ${said}`, "ben", said))
  const kept = after(first, edits)
  expect(kept.edits?.map(({ said }) => said)).toEqual(Array.from({ length: 32 }, (_, i) => i + 18))
  expect(after(first, edits.toReversed()).edits).toEqual(kept.edits)
  expect(saidIn(kept).text).toBe("text 49")
})

test("only its author edits or deletes a message, and nobody after it was deleted", () => {
  for (const from of ["eve", null]) for (const one of [edit("x", from, 1), deletion(from, 1)]) expect(become(first, one, actOf(decode(one))!)).toBe("unfit")
  const gone = after(first, [edit("new", "ben", 1), react(["❤"], "eve", 1), deletion("ben", 2)])
  expect(gone).toMatchObject({ deleted: 2, content: new Uint8Array(0) })
  expect(gone).not.toHaveProperty("edits")
  expect(gone).not.toHaveProperty("reactions")
  const late = edit("late", "ben", 3)
  expect(become(gone, late, actOf(decode(late))!)).toBe("unfit")
})

test("an edit that is larger than any text is refused", () => {
  const large = edit("x".repeat(20_000), "ben", 1)
  expect(become(first, large, actOf(decode(large))!)).toBe("unfit")
})

test("of each sender the last reactions count, by sign and not by sender", () => {
  const message = after(first, [react(["❤"], "ben", 1), react(["❤", "+1"], null, 1), react(["👀"], "eve", 2), react([], "eve", 3)])
  expect(becomeView(message).reactions).toEqual([
    { text: "❤", count: 2, own: true, from: ["ben"] },
    { text: "+1", count: 1, own: true, from: [] },
  ])
})
