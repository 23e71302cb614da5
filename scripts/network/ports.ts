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

/** Ports above 1023 to which no browser connects, nor Node's fetch ("bad ports" of the Fetch standard). */
const BAD = [1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080]

/** Throws Failure naming the first of the network's ports that cannot be used, as a rule because something listens there. */
export async function checkPorts(first: number, hosts: readonly string[]): Promise<void> {
  for (let port = first; port < first + PORTS; port++) {
    if (BAD.includes(port)) throw new Failure(`Browsers refuse to connect to port ${port} (the network needs ${first} to ${first + PORTS - 1}): choose others with --port.`)
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
