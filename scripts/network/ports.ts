import { createServer } from "node:net"
import { Failure } from "../../cli/failure.ts"

/** Where the network's parts listen: all follow from the first port. */
export interface Layout {
  readonly app: number
  readonly authority: number
  readonly mixes: readonly { readonly name: string; readonly layer: number; readonly port: number }[]
  readonly dropboxes: readonly { readonly name: string; readonly port: number }[]
}

export const PORTS = 10
const LAYERS = [1, 2, 3]

/** app, authority, two mixes in each of three layers, two dropboxes: PORTS ports in a row. */
export function layoutFrom(first: number): Layout {
  return {
    app: first,
    authority: first + 1,
    mixes: LAYERS.flatMap((layer) => [
      { name: `mix-${layer}a`, layer, port: first + 2 * layer },
      { name: `mix-${layer}b`, layer, port: first + 2 * layer + 1 },
    ]),
    dropboxes: [
      { name: "dropbox-a", port: first + 8 },
      { name: "dropbox-b", port: first + 9 },
    ],
  }
}

/** Throws Failure naming the first of the network's ports that something listens on. */
export async function checkPorts(first: number, hosts: readonly string[]): Promise<void> {
  for (let port = first; port < first + PORTS; port++) {
    for (const host of port === first ? hosts : ["127.0.0.1"]) {
      if (!(await isFree(port, host))) throw new Failure(portTaken(port, first))
    }
  }
}

export function portTaken(port: number, first: number): string {
  const range = `the network needs ${first} to ${first + PORTS - 1}`
  return `Port ${port} is in use (${range}): end what listens there, or choose other ports with "npm start -- --port ${first + 1000 > 65_000 ? 9000 : first + 1000}".`
}

/** The first of PORTS free ports in a row, somewhere; for tests. */
export async function freePorts(): Promise<number> {
  for (;;) {
    // Below the range from which systems take the ports of outgoing connections.
    const first = 10_000 + PORTS * Math.floor(Math.random() * 2000)
    try {
      await checkPorts(first, ["127.0.0.1", "::1"])
      return first
    } catch {
      continue
    }
  }
}

/** A family that this machine lacks has no port in use. */
function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE" && error.code !== "EACCES"))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
