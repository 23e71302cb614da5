import { isIP } from "node:net"
import { Failure } from "../../cli/failure.ts"

export interface Listen {
  /** As workerd takes it: "127.0.0.1:8787", "[::1]:8787". */
  readonly text: string
  readonly address: string
  readonly port: number
}

/** Throws Failure. */
export function listenOption(text: string): Listen {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const address = bracketed ?? plain ?? ""
  const isAddress = bracketed === undefined ? isIP(address) === 4 : isIP(address) === 6
  if (!isAddress || Number(port) < 1 || Number(port) > 65_535) throw new Failure(`--listen takes an address and a port, such as 127.0.0.1:8787 or [::1]:8787.`)
  return { text, address, port: Number(port) }
}

/** Where the node is reached from this machine. */
export function localUrl({ address, port }: Listen): string {
  if (address === "0.0.0.0") return `http://127.0.0.1:${port}`
  if (address === "::") return `http://[::1]:${port}`
  return isIP(address) === 6 ? `http://[${address}]:${port}` : `http://${address}:${port}`
}
