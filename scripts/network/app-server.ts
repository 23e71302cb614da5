import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http"
import { createServer } from "node:http"
import path from "node:path"
import { gzipSync } from "node:zlib"
import { Failure } from "../../cli/failure.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import { securityHeaders } from "../../web/headers.ts"

export interface AppServerOptions {
  /** The folder with the built app. */
  readonly folder: string
  readonly network: NetworkDescription
  /** Origins of everything that the app connects to. */
  readonly origins: readonly string[]
  /** A contact code of the echo bot that nobody was given; null where none is ready. */
  readonly echoCode: () => Promise<string | null>
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
}

/** Echo codes that are given away at once, and how often one more: they cost the bot a box and a watch each. */
const BURST = 10
const REFILL = 5000

/** The app's files, `/network.json` and `POST /echo`. */
export function appListener(options: AppServerOptions): RequestListener {
  const headers = securityHeaders(options.origins)
  const description = Buffer.from(JSON.stringify({ ...options.network, echo: "/echo" }))
  const allowance = rateLimit()

  return (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const target = pathOf(request)
    if (target === "/echo") {
      void answerEcho(request, response, options, allowance)
      return
    }
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(request, response, 405, { Allow: "GET, HEAD" })
    if (target === null) return refuse(request, response, 400)
    if (target === "/network.json") return answer(request, response, description, TYPES[".json"]!, "no-cache")
    const file = fileIn(options.folder, target)
    if (file === null) return refuse(request, response, 404)
    // Names below assets/ hold a hash of the content.
    const cache = target.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"
    answer(request, response, file.bytes, TYPES[file.extension] ?? "application/octet-stream", cache)
  }
}

/** The decoded path; null where there is none, or one that tries to leave the folder. */
function pathOf(request: IncomingMessage): string | null {
  try {
    const target = decodeURIComponent((request.url ?? "").split(/[?#]/, 1)[0]!)
    if (!target.startsWith("/") || /[\\\0]|\/\.|\/\//.test(target)) return null
    return target
  } catch {
    return null
  }
}

function fileIn(folder: string, target: string): { bytes: Buffer; extension: string } | null {
  const name = target === "/" ? "/index.html" : target
  try {
    return { bytes: readFileSync(path.join(folder, name)), extension: path.extname(name) }
  } catch {
    return null
  }
}

function answer(request: IncomingMessage, response: ServerResponse, bytes: Buffer, type: string, cache: string): void {
  const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22)
  const packed = isText(type) && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "")
  const tags = [`"${digest}"`, `"${digest}-gzip"`]
  response.setHeader("Cache-Control", cache)
  response.setHeader("ETag", tags[packed ? 1 : 0]!)
  if (isText(type)) response.setHeader("Vary", "Accept-Encoding")
  if (tags.includes(request.headers["if-none-match"] ?? "")) {
    response.writeHead(304).end()
    return
  }
  const body = packed ? gzipped(digest, bytes) : bytes
  response.writeHead(200, { "Content-Type": type, "Content-Length": body.length, ...(packed ? { "Content-Encoding": "gzip" } : {}) })
  response.end(request.method === "HEAD" ? undefined : body)
}

const isText = (type: string) => /^text\/|json$|svg\+xml$|wasm$/.test(type)

/** The same few files are asked for again and again. All are public, so that their lengths tell nothing. */
const packedFiles = new Map<string, Buffer>()
function gzipped(digest: string, bytes: Buffer): Buffer {
  const known = packedFiles.get(digest)
  if (known) return known
  // Of an older build nobody asks any more.
  if (packedFiles.size >= 200) packedFiles.clear()
  const packed = gzipSync(bytes)
  packedFiles.set(digest, packed)
  return packed
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  // A body that nobody reads would keep the connection busy: 100 MB are not for us.
  if (request.method !== "GET" && request.method !== "HEAD") response.shouldKeepAlive = false
  response.writeHead(status, { ...headers, "Content-Type": TYPES[".txt"]!, "Cache-Control": "no-store" })
  response.end(request.method === "HEAD" ? undefined : `${status}\n`)
}

async function answerEcho(request: IncomingMessage, response: ServerResponse, options: AppServerOptions, allowance: () => boolean): Promise<void> {
  if (request.method !== "POST") return refuse(request, response, 405, { Allow: "POST" })
  // Another site's page must not use up the codes.
  const site = request.headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none") return refuse(request, response, 403)
  if (!allowance()) return refuse(request, response, 429, { "Retry-After": String(REFILL / 1000) })
  const code = await options.echoCode()
  if (code === null) return refuse(request, response, 503, { "Retry-After": "5" })
  response.writeHead(200, { "Content-Type": TYPES[".json"]!, "Cache-Control": "no-store" })
  response.end(JSON.stringify({ code }))
}

function rateLimit(): () => boolean {
  let left = BURST
  let since = performance.now()
  return () => {
    const now = performance.now()
    left = Math.min(BURST, left + (now - since) / REFILL)
    since = now
    if (left < 1) return false
    left--
    return true
  }
}

/** Listens on each of the hosts; a family of addresses that the machine lacks is left out. Throws Failure. */
export async function listen(listener: RequestListener, port: number, hosts: readonly string[], taken: string): Promise<Server[]> {
  const servers: Server[] = []
  for (const host of hosts) {
    const server = createServer({ requestTimeout: 30_000 }, listener)
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once("error", resolve)
      server.listen({ port, host }, () => resolve(null))
    })
    if (error === null) servers.push(server)
    else if (error.code === "EADDRINUSE") throw new Failure(taken)
    else if (hosts.length === 1 || host !== "::1") throw new Failure(`The app's server cannot listen on ${host}, port ${port}: ${error.code}.`)
  }
  return servers
}
