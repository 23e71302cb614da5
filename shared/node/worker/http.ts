import { concat } from "../../bytes.ts"
import { metrics } from "../metrics.ts"

/** For a whole exchange with another node, and for a body to arrive. */
const NODE_TIMEOUT = 5_000
const BODY_TIMEOUT = 10_000

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

/** The whole body, or null where it is longer than `max` or takes too long: then the rest is neither read nor kept. */
export async function boundedBody(message: Request | Response, max: number): Promise<Uint8Array | null> {
  const { body } = message
  if (body === null) return new Uint8Array()
  if (Number(message.headers.get("content-length") ?? 0) > max) {
    await body.cancel()
    return null
  }
  const reader = body.getReader() as ReadableStreamDefaultReader<Uint8Array>
  let late = false
  const deadline = setTimeout(() => {
    late = true
    void reader.cancel()
  }, BODY_TIMEOUT)
  try {
    const parts: Uint8Array[] = []
    for (let length = 0; ; ) {
      const { done, value } = await reader.read()
      if (done) return late ? null : concat(...parts)
      length += value.length
      if (length > max) {
        await reader.cancel()
        return null
      }
      parts.push(value)
    }
  } finally {
    clearTimeout(deadline)
  }
}

/** GETs a small public document of another node; null where it cannot be had. */
export async function fetchBytes(url: string, max: number): Promise<Uint8Array | null> {
  try {
    return await inTime(async (signal) => {
      const response = await fetch(url, { signal })
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
      const response = await fetch(url, { method: "POST", body: bytes, signal })
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
