import { createHash } from "node:crypto"
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import path from "node:path"
import { LIST, listOf } from "../../scripts/building/files.ts"
import { appListener, listen } from "../../scripts/network/app-server.ts"

const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")

/** A server of the app whose files a test can change: by a new version that is whole, or by a hand that alters one of them. */
export class Site {
  readonly #built: string
  readonly #folder: string
  #server!: Server
  url = ""
  readonly #held = new Map<string, Promise<void>>()
  readonly #asked = new Map<string, number>()

  /** `built`: the app as it was built; `folder`: where it may be changed. */
  constructor(built: string, folder: string) {
    this.#built = built
    this.#folder = folder
  }

  /** The app of a network whose nodes do not answer. */
  async start(): Promise<void> {
    this.reset()
    const nowhere = "http://127.0.0.1:1"
    const network = { name: "Nowhere", authorities: [{ key: "00".repeat(32), url: nowhere }], threshold: 1, directories: [`${nowhere}/directory`] }
    const listener = appListener({ folder: this.#folder, network, origins: [nowhere], echoCode: () => Promise.resolve(null) })
    const held: typeof listener = (request, response) => {
      const url = request.url ?? ""
      this.#asked.set(url, (this.#asked.get(url) ?? 0) + 1)
      void (this.#held.get(url) ?? Promise.resolve()).then(() => listener(request, response))
    }
    this.#server = (await listen(held, 0, ["127.0.0.1"], ""))[0]!
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** The files as they were built. */
  reset(): void {
    rmSync(this.#folder, { recursive: true, force: true })
    cpSync(this.#built, this.#folder, { recursive: true })
  }

  /** Answers nobody who asks for the file, until what this returns is called. */
  hold(file: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held.set(`/${file}`, promise)
    return () => {
      this.#held.delete(`/${file}`)
      resolve()
    }
  }

  /** How often the file was asked for. */
  asked(file: string): number {
    return this.#asked.get(`/${file}`) ?? 0
  }

  /** A file that no version lists. */
  add(file: string, text: string): void {
    writeFileSync(path.join(this.#folder, file), text)
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
