import type { Effect } from "../../shared/node/effect.ts"
import type { NodeParts } from "../../shared/node/node-core.ts"
import { notFound } from "../../shared/node/worker/http.ts"
import { forwardTo, NodeObject } from "../../shared/node/worker/node-object.ts"
import type { NodeEnv } from "../../shared/node/worker/settings.ts"
import { Mix } from "../mix.ts"

interface Env extends NodeEnv {
  readonly MIX: DurableObjectNamespace<MixNode>
  /** 1 to 3. */
  readonly LAYER: string
}

/** A mix, and in layer 1 the gateway of clients, who come over WebSockets. */
export class MixNode extends NodeObject<Mix, Env> {
  readonly #sockets = new Map<string, WebSocket>()

  protected get role() {
    return "mix" as const
  }

  protected get layer(): number {
    return Number(this.env.LAYER)
  }

  protected start(parts: NodeParts): Promise<Mix> {
    return Mix.start(parts, Date.now())
  }

  protected serve(request: Request, url: URL): Response {
    const isUpgrade = request.headers.get("upgrade")?.toLowerCase() === "websocket"
    return request.method === "GET" && url.pathname === "/session" && this.layer === 1 && isUpgrade ? this.#accept() : notFound()
  }

  protected override perform(effect: Effect): void {
    if (effect.kind === "frame") this.#send(effect.connection, effect.frame)
    else if (effect.kind === "close") this.#close(effect.connection)
    else super.perform(effect)
  }

  #accept(): Response {
    const { 0: client, 1: socket } = new WebSocketPair()
    const connection = crypto.randomUUID()
    socket.binaryType = "arraybuffer"
    socket.accept()
    this.#sockets.set(connection, socket)
    socket.addEventListener("message", ({ data }) => {
      // Text is no frame: as empty bytes it is counted as what it is.
      const frame = typeof data === "string" ? new Uint8Array() : new Uint8Array(data)
      void this.run((mix) => mix.onFrame(connection, frame, Date.now()))
    })
    const gone = () => {
      if (this.#sockets.delete(connection)) void this.run((mix) => mix.onDisconnect(connection, Date.now()))
    }
    socket.addEventListener("close", gone)
    socket.addEventListener("error", gone)
    void this.run((mix) => mix.onConnect(connection, Date.now()))
    return new Response(null, { status: 101, webSocket: client })
  }

  #send(connection: string, frame: Uint8Array): void {
    try {
      this.#sockets.get(connection)?.send(frame)
    } catch {
      // Closed a moment ago: its close event follows.
    }
  }

  #close(connection: string): void {
    const socket = this.#sockets.get(connection)
    this.#sockets.delete(connection)
    try {
      socket?.close(1000)
    } catch {
      // Closed already.
    }
  }
}

export default forwardTo((env: Env) => env.MIX)
