import type { Connection, Link } from "../../ports.ts"

const FETCH_TIMEOUT = 15_000
const CONNECT_TIMEOUT = 15_000

/** Sessions over WebSocket at `<node>/session`, and plain GETs. */
export const webSocketLink: Link = { connect, fetch: fetchBytes }

/** For what needs no network: never connects, fetches nothing. */
export const offlineLink: Link = {
  connect: (_url, onEvent) => {
    setTimeout(() => void onEvent({ type: "closed" }), 0)
    return { send: () => undefined, close: () => undefined }
  },
  fetch: () => Promise.resolve(null),
}

function connect(url: string, onEvent: Parameters<Link["connect"]>[1]): Connection {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/session`)
  socket.binaryType = "arraybuffer"
  let closed = false
  const close = () => {
    if (closed) return
    closed = true
    clearTimeout(timer)
    socket.close()
    void onEvent({ type: "closed" })
  }
  const timer = setTimeout(close, CONNECT_TIMEOUT)
  socket.addEventListener("open", () => {
    clearTimeout(timer)
    if (!closed) void onEvent({ type: "open" })
  })
  socket.addEventListener("message", ({ data }) => {
    if (closed) return
    if (data instanceof ArrayBuffer) void onEvent({ type: "frame", frame: new Uint8Array(data) })
    // A gateway has nothing to say in text: this is not one.
    else close()
  })
  socket.addEventListener("close", close)
  socket.addEventListener("error", close)
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(frame))
    },
    // The event comes later, as from the network: a caller that closes is not called back while it does.
    close: () => setTimeout(close, 0),
  }
}

async function fetchBytes(url: string, max: number): Promise<Uint8Array | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT) })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      return null
    }
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of response.body) {
      length += part.length
      // Leaving the loop cancels the body.
      if (length > max) return null
      parts.push(part)
    }
    return new Uint8Array(Buffer.concat(parts))
  } catch {
    return null
  }
}
