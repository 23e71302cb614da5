import { expect, test } from "vitest"
import type { AttachmentView } from "../../messenger/api.ts"
import { toHex } from "../../shared/bytes.ts"
import { introduce, Person } from "../sim/person.ts"
import { seeded, SimNetwork } from "../sim/sim-network.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SIZE = 100_000
const PART = 50_000

test("a file comes whole though packets are lost, a dropbox dies, and both sides are killed in the midst of it", { timeout: 900_000 }, async () => {
  const network = await SimNetwork.start({ seed: "a file", dropboxes: 3, parameters: { meanDelay: 50 } })
  const { clock } = network
  const anna = await Person.join(network, "Anna")
  const ben = await Person.join(network, "Ben")
  const [toBen] = await introduce(anna, ben)
  network.loss = 0.04
  const bytes = seeded("a file of 100 kB")(SIZE)
  const { file } = await anna.messenger.run("attach", { conversation: toBen, name: "harbour.webp", mediaType: "image/webp", size: SIZE })
  await anna.messenger.run("attach-bytes", { file, bytes: bytes.slice(0, PART) })
  const { message } = await anna.messenger.run("attach-bytes", { file, bytes: bytes.slice(PART) })
  const told = (person: Person): AttachmentView | undefined => person.events.filter((event) => event.type === "message").findLast((event) => event.message.id === message)?.message.attachment
  const until = async (person: Person, is: (view: AttachmentView) => boolean) => {
    const isSo = () => told(person) !== undefined && is(told(person)!)
    expect(await clock.runUntil(isSo, 2 * HOUR), `${person.name} ${JSON.stringify(told(person))}`).toBe(true)
  }
  const kill = async (person: Person, seed: string) => {
    await person.messenger.stop()
    await network.cut(person.name)
    await person.open(seed)
  }
  await until(ben, ({ done }) => done >= 10)
  const { done } = told(ben)!
  await kill(ben, "Ben again")
  await kill(anna, "Anna again")
  await until(ben, (view) => view.done > 20)
  expect(done).toBeGreaterThanOrEqual(10)
  network.down.add("dropbox-b")
  await until(ben, ({ state }) => state === "ready")
  await until(anna, ({ state }) => state === "sent")
  let hex = ""
  for (let offset = 0; offset < SIZE; offset += PART) hex += toHex((await ben.messenger.run("attachment-bytes", { message: message!, offset, length: PART })).bytes)
  expect(hex).toBe(toHex(bytes))
})
