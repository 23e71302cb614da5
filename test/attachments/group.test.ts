import { expect, test } from "vitest"
import { toHex } from "../../shared/bytes.ts"
import { GroupDesk } from "../sim/group-desk.ts"
import { seeded } from "../sim/sim-network.ts"
import { attach, bytesOf, records, until } from "./files.ts"

test("a file in a group is written once, and comes to all who are in it", { timeout: 900_000 }, async () => {
  const together = await GroupDesk.start("files in a group", ["Anna", "Ben", "Cleo"])
  const conversation = await together.found("Harbour")
  const [anna, ben, cleo] = together.people as [typeof together.first, typeof together.first, typeof together.first]
  await together.agree(conversation)
  const bytes = seeded("a file in a group")(20_000)
  const message = await attach(ben, conversation, bytes)
  for (const one of [anna, cleo]) {
    await until(one, message, "ready")
    expect(await bytesOf(one, message)).toBe(toHex(bytes))
  }
  await until(ben, message, "sent")
  expect(await records(anna, "piece/")).toBe(6)
})
