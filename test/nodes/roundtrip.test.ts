import { expect, test } from "vitest"
import { boxOf, Client, contentOf, writeOf } from "./client.ts"
import { Network } from "./network.ts"

test("a request crosses three mixes and is answered through its SURB", async () => {
  const network = await Network.start()
  const client = new Client(network)
  const session = await client.hello()
  const box = boxOf("a")
  await client.send(await client.request(session, writeOf(box, contentOf("a"))))
  await network.pass(1000)
  expect((await client.replies()).map(({ status }) => status)).toEqual(["stored"])
  await client.send(await client.request(session, { operation: "read", box: box.id }))
  await network.pass(1000)
  const [, read] = await client.replies()
  expect(read).toMatchObject({ status: "content", content: contentOf("a") })
})
