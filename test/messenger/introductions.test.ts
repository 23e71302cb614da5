import { beforeAll, expect, test } from "vitest"
import { CommandError } from "../../messenger/api.ts"
import type { IntroductionView } from "../../messenger/api.ts"
import type { Sitter } from "../sim/desk.ts"
import { GroupDesk, membersOf } from "../sim/group-desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES

/** Three people, of whom the first has both others as contacts. */
let three: GroupDesk

beforeAll(async () => {
  three = await GroupDesk.start("three", ["Anna", "Ben", "Carol"])
}, 120_000)

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
  await until(group, async () => (await states(ben)) === "offered" && (await states(carol)) === "offered")
  expect((await introductions(ben))[0]).toMatchObject({ by: group.ids[1], name: "Carol", contact: null })
  expect((await introductions(anna))[0]).toMatchObject({ by: null, state: "open", people: [group.own[1], group.own[2]], name: "Ben, Carol" })
  const agree = async (person: Sitter) => person.run("introduction-answer", { introduction: (await introductions(person))[0]!.id, agree: true })
  await agree(ben)
  await group.desk.run(2 * HOURS)
  await ben.open()
  // Ben's code waits with Anna, and is shown to nobody.
  expect([await states(ben), await states(carol), carol.engine.contacts.all().length]).toEqual(["open", "offered", 1])
  expect(ben.engine.contacts.all().map((contact) => ben.engine.contacts.view(contact).code)).toEqual([null, null])
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
  const { introduction } = await ben.run("introduction-ask", { conversation, member: member.id })
  await until(group, async () => (await states(anna)) === "wanted")
  expect([(await introductions(anna))[0]!.by, await states(carol)]).toEqual([group.own[1], ""])
  await anna.run("introduction-answer", { introduction, agree: true })
  await until(group, async () => (await states(carol)) === "offered")
  await carol.run("introduction-answer", { introduction, agree: true })
  await until(group, async () => (await membersOf(ben, conversation)).find(({ id }) => id === member.id)!.contact !== null)
  await until(group, async () => (await states(ben)) === "made" && (await states(carol)) === "made")
  expect((await membersOf(ben, conversation)).find(({ id }) => id === member.id)!.trust).toBe("introduced")
  const own = (await membersOf(ben, conversation)).find(({ own: isOwn }) => isOwn)!
  await expect(ben.run("introduction-ask", { conversation, member: own.id })).rejects.toThrow(CommandError)
})
