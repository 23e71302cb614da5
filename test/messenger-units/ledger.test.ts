import { expect, test } from "vitest"
import type { Learned, Party } from "../../messenger/ledger.ts"
import { PARTIES, sights, whatIsSeen } from "../../messenger/ledger.ts"
import type { NodeView, RecentPacket } from "../../messenger/network-view.ts"

const node = (layer: number, letter = "a"): NodeView => ({ id: `${layer}${letter}`, role: layer === 0 ? "dropbox" : "mix", layer, operator: "o", provider: "p", host: "h" })
const packet = (back1 = "b", more: Partial<RecentPacket> = {}): RecentPacket => ({
  carried: "cover", asked: "read", held: false, lost: false,
  journey: { out: [node(1), node(2), node(3), node(0)], back: [node(1, back1), node(2), node(3), node(1)], sent: 0, answered: 1 },
  ...more,
})
const UNANSWERED = packet("b", { held: true, journey: { ...packet().journey, answered: null } })
const set = (...parties: Party[]) => new Set(parties)
const learned = (...parties: Party[]): Learned[] => [...whatIsSeen(set(...parties), [packet(), packet("a")]).learned]
/** One sign for each of the nine lines. */
const drawn = (parties: Set<Party>, of = packet()) => sights(parties, of).map((sight) => ({ nothing: "·", passing: "-", yours: "#" })[sight]).join("")

test("each party alone sees its own lines, and only who is on the first knows whose packet it is", () => {
  expect(Object.fromEntries(PARTIES.map((party) => [party, drawn(set(party))]))).toEqual({
    app: "·········",
    network: "#·······#",
    gateway: "##·····##",
    "layer-1": "····--···",
    "layer-2": "·--··--··",
    "layer-3": "··--··--·",
    dropboxes: "···--····",
    directory: "·········",
    contact: "·········",
    watcher: "#-------#",
  })
})

test("where the first mix of an answer is the gateway, it does not know that the answer is for its own client", () => {
  expect(drawn(set("gateway"), packet("a"))).toBe("##··--·##")
})

test("one honest mix on the way out ends what is known", () => {
  // On the way back the last two mixes are theirs: they know the answer up to there, and not where it comes from.
  expect(drawn(set("gateway", "layer-3", "dropboxes"))).toBe("##---·###")
  expect(whatIsSeen(set("gateway", "layer-3", "dropboxes", "layer-1", "watcher"), [packet()]).boxKnown).toBe(0)
  expect(whatIsSeen(set("layer-1", "layer-2", "layer-3", "dropboxes"), [packet()])).toMatchObject({ left: 0, boxKnown: 0, learned: ["links", "boxes", "origin"] })
})

test("all stops of the way out together know the box, and an honest mix on the way back hides nothing more", () => {
  const all = set("gateway", "layer-2", "layer-3", "dropboxes")
  expect(drawn(all)).toBe("#########")
  expect(drawn(all, UNANSWERED)).toBe("####·····")
  expect(whatIsSeen(all, [packet(), UNANSWERED])).toMatchObject({ left: 2, returned: 1, boxKnown: 2, dropboxKnown: 2 })
  expect(whatIsSeen(all, [packet()]).learned).toEqual(["online", "links", "boxes", "box"])
  expect(whatIsSeen(new Set([...all, "layer-1"]), [packet()]).learned).toEqual(["online", "links", "boxes", "box", "whom"])
})

test("gateway and mixes without the dropbox know to which dropbox, and not to which box", () => {
  expect(whatIsSeen(set("gateway", "layer-2", "layer-3"), [packet()])).toMatchObject({ dropboxKnown: 1, boxKnown: 0, reads: 0 })
  expect(learned("gateway", "layer-2", "layer-3")).toEqual(["online", "links", "dropbox"])
})

test("an internet provider adds nothing to an honest gateway but times", () => {
  expect(drawn(set("network", "layer-2", "layer-3", "dropboxes"))).toBe("#-------#")
  expect(learned("network", "dropboxes")).toEqual(["online", "boxes", "timing"])
})

test("the way back is not drawn before the answer is here", () => {
  expect(drawn(set("watcher"), UNANSWERED)).toBe("#---·····")
})

test("dropboxes count what they were asked, cover as well", () => {
  expect(whatIsSeen(set("dropboxes"), [packet(), packet("b", { asked: "write" }), UNANSWERED])).toMatchObject({ reads: 2, writes: 1, left: 0, passed: 5, boxKnown: 0 })
})

test("a contact has the text, with the dropboxes the boxes of the conversation, and with whoever sees the line a way to find it", () => {
  expect(learned("contact")).toEqual(["text"])
  expect(learned("contact", "dropboxes")).toEqual(["boxes", "talk", "text"])
  expect(learned("contact", "gateway")).toEqual(["online", "links", "contact-timing", "text"])
})

test("neither the app's server nor the directory sees any packet, and without packets nothing is counted", () => {
  expect(whatIsSeen(set("app", "directory"), [packet()])).toEqual({ left: 0, returned: 0, passed: 0, reads: 0, writes: 0, dropboxKnown: 0, boxKnown: 0, learned: ["program"] })
  expect(whatIsSeen(set("gateway", "dropboxes"), [])).toMatchObject({ left: 0, learned: ["online", "links", "boxes", "timing"] })
})
