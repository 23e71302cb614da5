import type { Effect } from "../../shared/node/effect.ts"
import type { NodeParts } from "../../shared/node/node-core.ts"
import { notFound } from "../../shared/node/worker/http.ts"
import { forwardTo, NodeObject } from "../../shared/node/worker/node-object.ts"
import type { NodeEnv } from "../../shared/node/worker/settings.ts"
import { addressNames } from "../address.ts"
import { Mix } from "../mix.ts"
import { Connections } from "./connections.ts"

interface Env extends NodeEnv {
  readonly MIX: DurableObjectNamespace<MixNode>
  /** 1 to 3. */
  readonly LAYER: string
}

/** A mix, and in layer 1 the gateway of clients, who come over WebSockets. */
export class MixNode extends NodeObject<Mix, Env> {
  readonly #connections = new Connections(this.ctx)
  readonly #addressName = addressNames(this.env.NODE_SECRET ?? "")

  protected get role() {
    return "mix" as const
  }

  protected get layer(): number {
    return Number(this.env.LAYER)
  }

  protected async start(parts: NodeParts): Promise<Mix> {
    const mix = await Mix.start(parts, Date.now())
    this.#connections.restore((connection, state) => mix.restore(connection, state))
    return mix
  }

  protected serve(request: Request, url: URL): Response {
    const isUpgrade = request.headers.get("upgrade")?.toLowerCase() === "websocket"
    return request.method === "GET" && url.pathname === "/session" && this.layer === 1 && isUpgrade ? this.#accept(request) : notFound()
  }

  protected override perform(effect: Effect): void {
    if (effect.kind === "frame") this.#connections.send(effect.connection, effect.frame)
    else if (effect.kind === "remember") this.#connections.remember(effect.connection, effect.state)
    else if (effect.kind === "close") this.#connections.close(effect.connection)
    else super.perform(effect)
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    // Text is no frame: as empty bytes it is counted as what it is.
    const frame = typeof data === "string" ? new Uint8Array() : new Uint8Array(data)
    await this.node
    const connection = this.#connections.of(socket)
    if (connection !== null) await this.run((mix) => mix.onFrame(connection, frame, Date.now()))
  }

  override webSocketClose(socket: WebSocket): Promise<void> {
    return this.#gone(socket)
  }

  override webSocketError(socket: WebSocket): Promise<void> {
    return this.#gone(socket)
  }

  async #gone(socket: WebSocket): Promise<void> {
    await this.node
    const connection = this.#connections.closed(socket)
    if (connection !== null) await this.run((mix) => mix.onDisconnect(connection, Date.now()))
  }

  #accept(request: Request): Response {
    const { 0: client, 1: socket } = new WebSocketPair()
    const connection = this.#connections.accept(socket)
    const header = this.env.ADDRESS_HEADER
    const address = header ? this.#addressName(request.headers.get(header)) : null
    void this.run((mix) => mix.onConnect(connection, Date.now(), address))
    return new Response(null, { status: 101, webSocket: client })
  }
}

export default forwardTo((env: Env) => env.MIX)
