/** Stands for the nodes behind the one that is measured, on a thread of its own: takes what comes, counts it, and notes when each packet came, all in shared memory. */
import type { IncomingMessage } from "node:http"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { parentPort, workerData } from "node:worker_threads"
import { Reader } from "../../shared/bytes.ts"
import { LINK_HEADER_LENGTH, PACKET_LENGTH } from "../../shared/geometry.ts"
import { MARK_AT } from "./marks.ts"

const [arrived, requests] = [0, 1]
const { counts, times } = workerData as { counts: Int32Array; times: Float64Array }

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on("data", (part: Buffer) => parts.push(part))
  request.on("end", () => {
    take(Buffer.concat(parts), request)
    response.writeHead(202).end()
  })
})
// A connection must not be closed in the moment in which the node takes it up again.
server.keepAliveTimeout = 600_000
server.listen(0, "127.0.0.1", () => parentPort!.postMessage((server.address() as AddressInfo).port))

function take(body: Buffer, { url }: IncomingMessage): void {
  const packets = (body.length - LINK_HEADER_LENGTH) / PACKET_LENGTH
  if (url !== "/packets" || !Number.isInteger(packets)) throw new Error("not whole packets")
  const now = performance.timeOrigin + performance.now()
  for (let i = 0; i < packets; i++) {
    const mark = new Reader(body.subarray(LINK_HEADER_LENGTH + i * PACKET_LENGTH + MARK_AT)).u32()
    if (mark >= times.length || times[mark] !== 0) throw new Error("a packet that was not made, or was here before")
    times[mark] = now
  }
  Atomics.add(counts, arrived, packets)
  Atomics.add(counts, requests, 1)
}
