/** Stands for the nodes of the next layer, on a thread of its own: takes what comes, and counts its packets in shared memory. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { parentPort, workerData } from "node:worker_threads"
import { LINK_HEADER_LENGTH, PACKET_LENGTH } from "../../shared/geometry.ts"

const [arrived, requests] = [0, 1]
const counts = new Int32Array(workerData as SharedArrayBuffer)

const server = createServer((request, response) => {
  let length = 0
  request.on("data", (chunk: Buffer) => (length += chunk.length))
  request.on("end", () => {
    const packets = (length - LINK_HEADER_LENGTH) / PACKET_LENGTH
    if (!Number.isInteger(packets)) throw new Error("not whole packets")
    Atomics.add(counts, arrived, packets)
    Atomics.add(counts, requests, 1)
    response.writeHead(202).end()
  })
})
// A connection must not be closed in the moment in which the mix takes it up again.
server.keepAliveTimeout = 600_000
server.listen(0, "127.0.0.1", () => parentPort!.postMessage((server.address() as AddressInfo).port))
