import { createHash } from "node:crypto"
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import path from "node:path"
import { LIST, listOf } from "../../scripts/building/files.ts"
import { appListener, listen } from "../../scripts/network/app-server.ts"
import { appFolder } from "../../scripts/network/fresh.ts"
import type { RealNetwork } from "../network/real-network.ts"

const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")

/** A server of the app whose files a test can change: by a new version that is whole, or by a hand that alters one of them. */
export class Site {
  readonly #folder: string
  #server!: Server
  url = ""

  constructor(folder: string) {
    this.#folder = path.join(folder, "site")
  }

  async start(network: RealNetwork): Promise<void> {
    this.reset()
    const description = (await (await fetch(new URL("/network.json", network.url))).json()) as Parameters<typeof appListener>[0]["network"]
    const origins = network.nodes.map(({ url }) => new URL(url).origin)
    const listener = appListener({ folder: this.#folder, network: description, origins, echoCode: () => Promise.resolve(null) })
    this.#server = (await listen(listener, 0, ["127.0.0.1"], ""))[0]!
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** The files as they were built. */
  reset(): void {
    rmSync(this.#folder, { recursive: true, force: true })
    cpSync(appFolder, this.#folder, { recursive: true })
  }

  /** A file is another, and nobody has said so. */
  alter(file: string, change: (text: string) => string): void {
    const at = path.join(this.#folder, file)
    writeFileSync(at, change(readFileSync(at, "utf8")))
  }

  /** A new version in which the file is another, with all hashes as a build would have made them. Returns its fingerprint. */
  publish(file: string, change: (text: string) => string): string {
    const before = hash(readFileSync(path.join(this.#folder, file)))
    this.alter(file, change)
    const after = hash(readFileSync(path.join(this.#folder, file)))
    this.alter("sw.js", (worker) => worker.replaceAll(before, after))
    const list = listOf(this.#folder)
    writeFileSync(path.join(this.#folder, LIST), list)
    return hash(Buffer.from(list))
  }
}
