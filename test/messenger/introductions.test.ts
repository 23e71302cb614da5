import { beforeAll, expect, test } from "vitest"
import { verdict } from "../../messenger/allow.ts"
import { CommandError } from "../../messenger/api.ts"
import type { IntroductionView } from "../../messenger/api.ts"
import type { Sitter } from "../sim/desk.ts"
import { GroupDesk, linesIn, membersOf } from "../sim/group-desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES

/** Three people, of whom the first has both others as contacts. */
let three: GroupDesk

beforeAll(async () => {
  three = await GroupDesk.start("three", ["Anna", "Ben", "Carol"])
}, 900_000)

const introductions = async (person: Sitter): Promise<readonly IntroductionView[]> => (await person.run("introductions", {})).introductions
const states = async (person: Sitter) => (await introductions(person)).map(({ state }) => state).join()

async function until({ desk }: GroupDesk, isSo: () => Promise<boolean>, hours = 6): Promise<void> {
  for (let i = 0; !(await isSo()); i++) {
    if (i > hours * 60) throw new Error("it did not come about")
    await desk.run(MINUTES)
  }
}

test("two contacts are introduced: nothing goes from one to the other before both have agreed, and then they write to each other", async () => {
  const group = await three.again()
  const [anna, ben, carol] = group.people as [Sitter, Sitter, Sitter]
  await anna.run("introduce", { contact: group.own[1]!, to: group.own[2]! })
  expect([await linesIn(anna, group.own[1]!), await linesIn(anna, group.own[2]!)]).toEqual([["introduced Carol"], ["introduced Ben"]])
  await until(group, async () => (await states(ben)) === "offered" && (await states(carol)) === "offered")
  expect((await introductions(ben))[0]).toMatchObject({ by: group.ids[1], name: "Carol", contact: null })
  expect((await introductions(anna))[0]).toMatchObject({ by: null, state: "open", people: [group.own[1], group.own[2]], name: "Ben, Carol" })
  // It stands in the conversation with who introduces, and counts as something unread.
  expect([await linesIn(ben, group.ids[1]!), await linesIn(carol, group.ids[2]!), (await ben.run("unread", { limit: 9 })).messages.filter(({ line }) => line !== undefined).length]).toEqual([["offered Carol"], ["offered Ben"], 1])
  const agree = async (person: Sitter) => person.run("introduction-answer", { introduction: (await introductions(person))[0]!.id, agree: true })
  await agree(ben)
  await group.desk.run(2 * HOURS)
  await ben.open()
  // Ben's code waits with Anna, and is shown to nobody.
  expect([await states(ben), await states(carol), carol.engine.contacts.all().length]).toEqual(["open", "offered", 1])
  expect(ben.engine.contacts.all().map((contact) => ben.engine.contacts.view(contact).code)).toEqual([null, null])
  // Nor is anybody but Anna let in by either of them.
  const letIn = (person: Sitter) => person.engine.contacts.all().filter((contact) => verdict(contact) !== "drop").map(({ name }) => name)
  expect([letIn(ben), letIn(carol)]).toEqual([["Anna"], ["Anna"]])
  await agree(carol)
  await carol.open()
  const known = (person: Sitter, name: string) => person.engine.contacts.all().find((contact) => contact.name === name)
  await until(group, async () => known(ben, "Carol")?.state === "ready" && known(carol, "Ben")?.state !== undefined && (await states(anna)) === "made")
  expect([known(ben, "Carol")?.trust, known(carol, "Ben")?.trust]).toEqual(["introduced", "introduced"])
  const [toCarol, toBen] = [known(ben, "Carol")!.id, known(carol, "Ben")!.id]
  await until(group, async () => known(carol, "Ben")?.state === "ready")
  await ben.send(toCarol, "from Ben")
  await carol.send(toBen, "from Carol")
  await until(group, async () => (await ben.heard(toCarol)).length + (await carol.heard(toBen)).length === 2)
  expect([await ben.heard(toCarol), await carol.heard(toBen), await states(ben), await states(carol)]).toEqual([["from Carol"], ["from Ben"], "made", "made"])
  expect((await introductions(ben))[0]!.contact).toBe(toCarol)
})

test("who does not want to be introduced is not, and no trace of a contact is left; what is done twice, or with oneself, is refused", async () => {
  const group = await three.again()
  const [anna, ben, carol] = group.people as [Sitter, Sitter, Sitter]
  const { introduction } = await anna.run("introduce", { contact: group.own[1]!, to: group.own[2]! })
  await until(group, async () => (await states(ben)) === "offered" && (await states(carol)) === "offered")
  await ben.run("introduction-answer", { introduction, agree: true })
  await group.desk.run(HOURS)
  await carol.run("introduction-answer", { introduction, agree: false })
  await until(group, async () => (await states(anna)) === "ended" && (await states(ben)) === "ended")
  expect([ben.engine.contacts.all().length, carol.engine.contacts.all().length]).toEqual([1, 1])
  await expect(carol.run("introduction-answer", { introduction, agree: true })).rejects.toThrow(CommandError)
  await expect(anna.run("introduce", { contact: group.own[1]!, to: group.own[1]! })).rejects.toThrow(CommandError)
})

test("whoever has begun it or agreed to it may take it back, and without an answer it ends by itself: nothing is left open on any side", async () => {
  const group = await three.again()
  const [anna, ben, carol] = group.people as [Sitter, Sitter, Sitter]
  const begin = async () => (await anna.run("introduce", { contact: group.own[1]!, to: group.own[2]! })).introduction
  const stateOf = async (person: Sitter, id: string) => (await introductions(person)).find((one) => one.id === id)?.state
  const all = async (id: string) => [await stateOf(anna, id), await stateOf(ben, id), await stateOf(carol, id)].join()
  const answer = (person: Sitter, introduction: string, agree: boolean) => person.run("introduction-answer", { introduction, agree })

  const first = await begin()
  await until(group, async () => (await all(first)) === "open,offered,offered")
  await answer(anna, first, false)
  await until(group, async () => (await all(first)) === "ended,ended,ended")

  const second = await begin()
  await until(group, async () => (await all(second)) === "open,offered,offered")
  await answer(ben, second, true)
  await group.desk.run(HOURS)
  await answer(ben, second, false)
  // Carol, who has not answered yet, is asked no more.
  await until(group, async () => (await all(second)) === "ended,ended,ended")
  expect([ben, carol].map((person) => person.engine.contacts.all().length)).toEqual([1, 1])

  const third = await begin()
  await until(group, async () => (await all(third)) === "open,offered,offered")
  await answer(carol, third, true)
  group.desk.pass(31 * 24 * HOURS)
  await until(group, async () => (await all(third)) === "ended,ended,ended")
  for (const person of [anna, ben, carol]) expect((await person.run("quarantine", {})).lines).toEqual([])
})

test("who is offered may be a contact already, and then that is said before the user answers", async () => {
  const group = await three.again()
  const [anna, ben] = group.people as [Sitter, Sitter, Sitter]
  const carol = anna.engine.contacts.get(group.own[2]!)!
  const known = ben.engine.contacts.get(group.ids[1]!)!
  // As if Anna's were Carol's key.
  anna.engine.contacts.save({ ...carol, identity: known.identity })
  await anna.run("introduce", { contact: group.own[1]!, to: group.own[2]! })
  await until(group, async () => (await states(ben)) === "offered")
  expect((await introductions(ben))[0]!.contact).toBe(known.id)
})

test("who comes must be the one who was offered: where it is somebody else, nothing comes of it", async () => {
  const group = await three.again()
  const [anna, ben, carol] = group.people as [Sitter, Sitter, Sitter]
  const meant = anna.engine.contacts.get(group.own[2]!)!
  anna.engine.contacts.save({ ...meant, identity: new Uint8Array(32).fill(9) })
  const { introduction } = await anna.run("introduce", { contact: group.own[1]!, to: group.own[2]! })
  anna.engine.contacts.save(meant)
  await until(group, async () => (await states(ben)) === "offered" && (await states(carol)) === "offered")
  for (const one of [ben, carol]) await one.run("introduction-answer", { introduction, agree: true })
  await until(group, async () => (await states(ben)) === "ended")
  expect(ben.engine.contacts.all().map(({ name }) => name)).toEqual(["Anna"])
})

test("a member of a group asks to write to another alone: whoever has both is asked, then the other", async () => {
  const group = await three.again()
  const [anna, ben, carol] = group.people as [Sitter, Sitter, Sitter]
  const conversation = await group.found("Walkers")
  await group.agree(conversation)
  const member = (await membersOf(ben, conversation)).find(({ name }) => name === "Carol")!
  expect(member.contact).toBe(null)
  await expect(ben.run("introduction-ask", { conversation, member: member.id, by: "nobody" })).rejects.toThrow(CommandError)
  const early = await ben.run("introduction-ask", { conversation, member: member.id })
  await until(group, async () => (await states(anna)) === "wanted")
  // Before Anna agrees it is between her and Ben.
  await ben.run("introduction-answer", { introduction: early.introduction, agree: false })
  await until(group, async () => (await states(anna)) === "ended")
  expect([await states(carol), (await carol.run("quarantine", {})).lines]).toEqual(["", []])
  const { introduction } = await ben.run("introduction-ask", { conversation, member: member.id, by: group.ids[1]! })
  expect((await introductions(ben))[0]).toMatchObject({ member: member.id, state: "open" })
  await expect(ben.run("introduction-ask", { conversation, member: member.id })).rejects.toThrow(CommandError)
  await until(group, async () => (await states(anna)) === "wanted,ended")
  expect([(await introductions(anna))[0]!.by, await states(carol)]).toEqual([group.own[1], ""])
  await anna.run("introduction-answer", { introduction, agree: true })
  await until(group, async () => (await states(carol)) === "offered")
  expect((await linesIn(ben, group.ids[1]!)).at(-1)).toBe("asked Carol")
  await carol.run("introduction-answer", { introduction, agree: true })
  await until(group, async () => (await membersOf(ben, conversation)).find(({ id }) => id === member.id)!.contact !== null)
  await until(group, async () => (await states(ben)) === "made,ended" && (await states(carol)) === "made")
  expect((await membersOf(ben, conversation)).find(({ id }) => id === member.id)!.trust).toBe("introduced")
  const own = (await membersOf(ben, conversation)).find(({ own: isOwn }) => isOwn)!
  await expect(ben.run("introduction-ask", { conversation, member: own.id })).rejects.toThrow(CommandError)
})
