import { concat } from "../../bytes.ts"
import { metrics } from "../metrics.ts"

/** For a whole exchange with another node, and for a body to arrive. */
const NODE_TIMEOUT = 5_000
const BODY_TIMEOUT = 10_000
/** Bytes of a body that are read at once. So much memory is set aside for each body that is arriving. */
const PIECE = 32_768
/** Nodes are where the directory says. Who could send us elsewhere would have us ask and post in places that only we can reach. */
const NO_REDIRECT = { redirect: "manual" } as const

/** Whoever sent packets is told nothing: this is the answer to good ones, bad ones and garbage. */
export const accepted = (): Response => new Response(null, { status: 202 })

export const notFound = (): Response => new Response(null, { status: 404 })

/** What clients read from a page of another origin. */
const PUBLIC = {
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
}

export function publicJson(value: unknown): Response {
  return new Response(JSON.stringify(value), { headers: { ...PUBLIC, "Content-Type": "application/json" } })
}

/** What GET /health says, for Prometheus. */
export function publicMetrics(health: object): Response {
  return new Response(metrics(health), { headers: { ...PUBLIC, "Content-Type": "text/plain; version=0.0.4; charset=utf-8" } })
}

/** 503 where there is nothing yet. */
export function publicBytes(bytes: Uint8Array | null): Response {
  if (bytes === null) return new Response(null, { status: 503, headers: { ...PUBLIC, "Retry-After": "1" } })
  return new Response(bytes, { headers: { ...PUBLIC, "Content-Type": "application/octet-stream" } })
}

/** What a node answers to everything while its storage is shut to it: GET /health says why, in one word. */
export async function shut(request: Request): Promise<Response> {
  await request.body?.cancel()
  const isHealth = request.method === "GET" && new URL(request.url).pathname === "/health"
  return new Response(isHealth ? "secret" : null, { status: 503, headers: { ...PUBLIC, "Content-Type": "text/plain; charset=utf-8" } })
}

/** Sees a body arrive, and may break it off. */
export interface BodyWatch {
  begun(cancel: () => void): void
  arrived(length: number): void
}

/**
 * The whole body, or null where it is longer than `max`, takes too long or is broken off: then the rest is neither read nor kept. It is
 * read in pieces that are larger than those that come from the network: each read costs as much as opening a tenth of a packet.
 */
export async function boundedBody(message: Request | Response, max: number, watch?: BodyWatch): Promise<Uint8Array | null> {
  const { body } = message
  if (body === null) return new Uint8Array()
  if (Number(message.headers.get("content-length") ?? 0) > max) {
    await body.cancel()
    return null
  }
  const reader = body.getReader({ mode: "byob" })
  const piece = Math.min(PIECE, max + 1)
  let broken = false
  const breakOff = () => {
    broken = true
    void reader.cancel()
  }
  watch?.begun(breakOff)
  const deadline = setTimeout(breakOff, BODY_TIMEOUT)
  try {
    const parts: Uint8Array[] = []
    for (let length = 0; ; ) {
      // A piece is full, or the last one: whoever sends single bytes must not fill the memory with buffers that hold one each.
      const { done, value } = await reader.readAtLeast(piece, new Uint8Array(piece))
      if (broken) return null
      length += value?.length ?? 0
      if (length > max) {
        await reader.cancel()
        return null
      }
      if (value !== undefined && value.length > 0) {
        parts.push(value)
        watch?.arrived(value.length)
        if (broken) return null
      }
      if (done || value === undefined || value.length === 0) return concat(...parts)
    }
  } finally {
    clearTimeout(deadline)
  }
}

/** GETs a small public document of another node; null where it cannot be had. */
export async function fetchBytes(url: string, max: number): Promise<Uint8Array | null> {
  try {
    return await inTime(async (signal) => {
      const response = await fetch(url, { ...NO_REDIRECT, signal })
      if (response.ok) return await boundedBody(response, max)
      await response.body?.cancel()
      return null
    })
  } catch {
    // Down, or too slow: the next poll asks again.
    return null
  }
}

/** POSTs bytes to another node; false where they were not taken. */
export async function postBytes(url: string, bytes: Uint8Array): Promise<boolean> {
  try {
    return await inTime(async (signal) => {
      const response = await fetch(url, { ...NO_REDIRECT, method: "POST", body: bytes, signal })
      await response.body?.cancel()
      return response.ok
    })
  } catch {
    return false
  }
}

/** An exchange with another node. AbortSignal.timeout would keep the object in memory for its whole time, whenever the exchange ended. */
async function inTime<T>(exchange: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const deadline = setTimeout(() => controller.abort(), NODE_TIMEOUT)
  try {
    return await exchange(controller.signal)
  } finally {
    clearTimeout(deadline)
  }
}
