import { expect, test } from "vitest"
import { boxOf, Client, contentOf, writeOf } from "./client.ts"
import { Network } from "./network.ts"

test("a request crosses three mixes and is answered through its SURB", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const box = boxOf("a")
  await client.ask(writeOf(box, contentOf("a")))
  await network.pass(1000)
  expect(await client.statuses()).toEqual(["stored"])
  await client.ask({ operation: "read", box: box.id })
  await network.pass(1000)
  const [, read] = await client.replies()
  expect(read).toMatchObject({ status: "content", content: contentOf("a") })
})

test("each packet waits at each mix for the time that its header says", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  await client.ask({ operation: "read", box: boxOf("a").id }, client.forward(300), client.back(200))
  await network.pass(300 * 3 + 200 * 4 - 1)
  expect(await client.statuses()).toEqual([])
  await network.pass(1)
  expect(await client.statuses()).toEqual(["empty"])
})

test("the same run happens twice alike", async () => {
  const run = async () => {
    const network = await Network.start()
    const client = await Client.at(network)
    await client.ask(writeOf(boxOf("a"), contentOf("a")))
    await client.ask({ operation: "read", box: boxOf("b").id, hold: 30 })
    await network.pass(60_000)
    return network.posts
  }
  expect(await run()).toEqual(await run())
})
