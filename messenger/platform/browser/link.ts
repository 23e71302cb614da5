import type { Connection, Link, LinkEvent } from "../../ports.ts"
import { readBounded } from "./bounded.ts"

const OPEN_WITHIN = 15_000
/** A closing handshake with a dead network takes minutes; the engine need not wait for it. */
const CLOSE_WITHIN = 2_000

/** http://node:8081/x → ws://node:8081/session */
export function sessionUrl(node: string): string {
  const url = new URL("/session", node)
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
  return url.href
}

function connect(node: string, onEvent: (event: LinkEvent) => void | Promise<void>): Connection {
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false
  const finish = () => {
    if (over) return
    over = true
    clearTimeout(timer)
    void onEvent({ type: "closed" })
  }
  const close = () => {
    socket?.close()
    clearTimeout(timer)
    timer = setTimeout(finish, CLOSE_WITHIN)
  }
  try {
    socket = new WebSocket(sessionUrl(node))
  } catch {
    // Not a URL, or one that the page's policy forbids: a connection that never opens.
    timer = setTimeout(finish)
    return { send: () => undefined, close: () => undefined }
  }
  socket.binaryType = "arraybuffer"
  timer = setTimeout(close, OPEN_WITHIN)
  socket.onopen = () => {
    clearTimeout(timer)
    if (!over) void onEvent({ type: "open" })
  }
  socket.onmessage = ({ data }) => {
    // Text frames are not part of the protocol.
    if (!over && data instanceof ArrayBuffer) void onEvent({ type: "frame", frame: new Uint8Array(data) })
  }
  socket.onclose = finish
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>)
    },
    close,
  }
}

/** Says nothing to the other side that a fresh browser would not say. */
export const PLAIN_REQUEST: RequestInit = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error" }

export const link: Link = {
  connect,
  async fetch(url, max) {
    try {
      return await readBounded(await fetch(url, { ...PLAIN_REQUEST, signal: AbortSignal.timeout(OPEN_WITHIN) }), max)
    } catch {
      return null
    }
  },
}
