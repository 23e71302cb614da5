import { expect, test, vi } from "vitest"
import { keys } from "../../messenger/stored.ts"
import { begin, Victim } from "./victim.ts"

test("a message that was deleted after it was sealed is not waited for again when another box stands for its own", async () => {
  const anna = await Victim.start(await begin("deleted outgoing"))
  const { contact } = anna.eve
  const talk = anna.engine.conversations.get(contact)!
  const { message } = await anna.run("send", { conversation: contact, text: "never mind" })
  expect(await anna.seal()).toContain(contact)
  const [[position, mark] = []] = talk.outgoing
  expect(mark).toMatchObject({ index: expect.any(Number) })
  await anna.run("delete-message", { message })
  expect(talk.outgoing.size).toBe(0)

  const voided = vi.spyOn(anna.engine.writes, "voided").mockReturnValue([keys.box(contact, mark!)])
  anna.engine.boxes.declareVoids(talk)
  voided.mockRestore()
  expect(talk.boxes.has(keys.box(contact, mark!))).toBe(false)
  expect(talk.boxes.size).toBe(1)
  expect(talk.outgoing.has(position!)).toBe(false)

  // Nor does one that is not there any more keep the conversation waiting.
  talk.outgoing.set(position!, null)
  talk.waitingSince = anna.now
  await anna.engine.sealing.seal(talk)
  expect([talk.outgoing.size, talk.waitingSince]).toEqual([0, null])
})
