/// <reference lib="webworker" />
/**
 * The versions of the app that are kept, each in a cache of its own, and which of them is served. A browser starts a waiting worker by itself
 * once all tabs are closed, and nobody can forbid that; so a worker that was not chosen goes on serving the version that was.
 */
import type { Version, Versions } from "./protocol.ts"

/** A file's path and its SHA-256 in hex, as the build has put them into this worker. */
export interface Listed {
  readonly url: string
  readonly integrity: string
}

const PAGE = "/index.html"
const LIST = "/SHA256SUMS.txt"
/** A file is the same whoever asks for it, whatever a server says that it varies with. */
const ALIKE = { ignoreVary: true } as const
const PREFIX = "version "
const CHOICE = "choice"
/** No file of the app is called so. */
const CHOSEN = "/.chosen"
const AT_ONCE = 6

/** Files of the server are not those that this worker's list names. */
export class Damaged extends Error {
  readonly files: number
  constructor(files: number) {
    super("files differ from the list")
    this.files = files
  }
}

async function digest(bytes: BufferSource): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

export class Kept {
  readonly #files: readonly Listed[]
  /** The list as it is published, but for the worker's own line. */
  readonly #list: string
  readonly #own: Promise<string>
  /** What is answered with. Only a worker that answers remembers it: while one waits, another's version may be chosen. */
  #served: string | null = null

  constructor(files: readonly Listed[]) {
    this.#files = files
    this.#list = files.map(({ url, integrity }) => `${integrity}  ${url}\n`).join("")
    this.#own = digest(new TextEncoder().encode(this.#list))
  }

  /**
   * Fetches what is missing of this worker's version, beside the others. Throws Damaged; nothing of it is kept then, unless it was there before:
   * a release whose worker alone is another has the files of the version that is served.
   */
  async install(): Promise<void> {
    const own = await this.#own
    const name = PREFIX + own
    const wasComplete = await isComplete(own)
    const cache = await caches.open(name)
    const damaged: string[] = []
    for (let at = 0; at < this.#files.length; at += AT_ONCE) {
      await Promise.all(
        this.#files.slice(at, at + AT_ONCE).map(async (file) => {
          if (!(await keep(cache, file))) damaged.push(file.url)
        }),
      )
    }
    const list = await fetched(LIST)
    const text = new TextDecoder().decode(list.bytes)
    if (text.replace(/^[0-9a-f]{64} {2}sw\.js\n/m, "") !== this.#list) damaged.push(LIST)
    if (damaged.length > 0) {
      if (!wasComplete) await caches.delete(name)
      throw new Damaged(damaged.length)
    }
    // Last, for it says that all others are there.
    await cache.put(LIST, list.response)
    // A cache that was deleted meanwhile takes files as before, and nobody finds them.
    if (!(await isComplete(own))) throw new Error("the cache has gone")
    if ((await this.#chosen()) === null) await this.#choose()
  }

  /** The answer to a request for a file of this site; null where it is to be had from the server. */
  async answer(request: Request): Promise<Response | null> {
    const served = await this.#remembered()
    if (served === null) return null
    const cache = await caches.open(PREFIX + served)
    if (request.mode === "navigate") return (await cache.match(request, { ignoreSearch: true, ignoreVary: true })) ?? (await cache.match(PAGE, ALIKE)) ?? null
    // A tab of the version before may still ask for a part of it.
    const found = (await cache.match(request, ALIKE)) ?? (await caches.match(request, ALIKE))
    if (found !== undefined) return found
    // Nothing that runs comes past the list.
    return ["script", "worker", "sharedworker", "style", "manifest"].includes(request.destination) ? Response.error() : null
  }

  async versions(): Promise<Versions> {
    return { own: await versionOf(await this.#own), served: await versionOf(await this.#versionServed()) }
  }

  /** Serves this worker's version from now on. Fetches it anew where it has gone, and throws where it cannot be had. */
  async change(): Promise<void> {
    if (!(await isComplete(await this.#own))) await this.install()
    await this.#choose()
  }

  /** Forgets all versions but the one that is served and this worker's own. Not while another worker is installing its own, or waits with it. */
  async tidy(): Promise<void> {
    const names = [CHOICE, PREFIX + (await this.#own), PREFIX + (await this.#versionServed())]
    for (const name of await caches.keys()) if (!names.includes(name)) await caches.delete(name)
  }

  async #choose(): Promise<void> {
    const cache = await caches.open(CHOICE)
    this.#served = await this.#own
    await cache.put(CHOSEN, new Response(this.#served))
  }

  async #chosen(): Promise<string | null> {
    const kept = await (await caches.open(CHOICE)).match(CHOSEN)
    return kept === undefined ? null : kept.text()
  }

  /** Where the browser has deleted what was chosen, the own version is all that is left. */
  async #versionServed(): Promise<string | null> {
    for (const one of [await this.#chosen(), await this.#own]) if (one !== null && (await isComplete(one))) return one
    return null
  }

  async #remembered(): Promise<string | null> {
    if (this.#served !== null) return this.#served
    const found = await this.#versionServed()
    // One may have been chosen meanwhile.
    return (this.#served ??= found)
  }
}

/** Asked without opening the cache, which would make one. */
const listIn = (version: string): Promise<Response | undefined> => caches.match(LIST, { ...ALIKE, cacheName: PREFIX + version })
const isComplete = async (version: string): Promise<boolean> => (await listIn(version)) !== undefined

async function versionOf(files: string | null): Promise<Version | null> {
  const list = files === null ? undefined : await listIn(files)
  return list === undefined ? null : { files: files!, fingerprint: await digest(await list.arrayBuffer()) }
}

/** Puts a file into the cache, from another version's where it is the same. False where the server's is not the one that is listed. */
async function keep(cache: Cache, { url, integrity }: Listed): Promise<boolean> {
  const path = `/${url}`
  const before = (await cache.match(path, ALIKE)) ?? (await caches.match(path, ALIKE))
  if (before !== undefined && (await digest(await before.clone().arrayBuffer())) === integrity) {
    await cache.put(path, before)
    return true
  }
  const { bytes, response } = await fetched(path)
  if ((await digest(bytes)) !== integrity) return false
  await cache.put(path, response)
  return true
}

async function fetched(path: string): Promise<{ bytes: ArrayBuffer; response: Response }> {
  const response = await fetch(path, { cache: "no-cache", credentials: "omit" })
  if (!response.ok) throw new Error("a file could not be had")
  const bytes = await response.arrayBuffer()
  // Made anew: an answer that came by a redirection may not be shown as a page. It is no longer compressed.
  const headers = new Headers(response.headers)
  for (const name of ["content-encoding", "content-length"]) headers.delete(name)
  return { bytes, response: new Response(bytes, { headers }) }
}
