import type { Server } from "node:http"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, expect, test } from "vitest"
import { offlineLink, webSocketLink } from "../../messenger/platform/nodejs/link.ts"
import type { Link, LinkEvent } from "../../messenger/ports.ts"

let server: Server
let url: string

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/hundred") response.end(new Uint8Array(100))
    else if (request.url === "/endless") {
      const timer = setInterval(() => response.write(new Uint8Array(1000)), 1)
      response.on("close", () => clearInterval(timer))
    } else response.writeHead(404).end("nothing here")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test("a document is had whole or not at all", async () => {
  expect(await webSocketLink.fetch(`${url}/hundred`, 100)).toEqual(new Uint8Array(100))
  expect(await webSocketLink.fetch(`${url}/hundred`, 99)).toBeNull()
  expect(await webSocketLink.fetch(`${url}/endless`, 10_000)).toBeNull()
  expect(await webSocketLink.fetch(`${url}/missing`, 100)).toBeNull()
  expect(await webSocketLink.fetch("http://127.0.0.1:1/", 100)).toBeNull()
  expect(await webSocketLink.fetch("no url", 100)).toBeNull()
})

async function eventsOf(link: Link, target: string, close: boolean): Promise<LinkEvent[]> {
  const events: LinkEvent[] = []
  const connection = link.connect(target, (event) => void events.push(event))
  // Nothing happens from within the call.
  expect(events).toEqual([])
  connection.send(new Uint8Array(1))
  if (close) {
    connection.close()
    connection.close()
    expect(events).toEqual([])
  }
  await sleep(500)
  return events
}

test("a connection that cannot be made, or is given up, says once that it is closed", async () => {
  for (const close of [false, true]) {
    // Nobody listens, and somebody who speaks no WebSocket does.
    expect(await eventsOf(webSocketLink, "http://127.0.0.1:1", close)).toEqual([{ type: "closed" }])
    expect(await eventsOf(webSocketLink, url, close)).toEqual([{ type: "closed" }])
    expect(await eventsOf(offlineLink, url, close)).toEqual([{ type: "closed" }])
  }
})
