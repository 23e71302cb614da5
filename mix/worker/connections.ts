/** What lies with a socket while the object is out of memory. */
interface Attachment {
  readonly connection: string
  readonly state: Uint8Array
}

/** The WebSockets of clients, by the names that the mix knows them by. They stay open while the object is thrown out of memory. */
export class Connections {
  readonly #ctx: DurableObjectState
  readonly #sockets = new Map<string, WebSocket>()
  readonly #names = new Map<WebSocket, string>()

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
  }

  /** Takes up the sockets that are still open; those that `take` does not want are closed. */
  restore(take: (connection: string, state: Uint8Array) => boolean): void {
    for (const socket of this.#ctx.getWebSockets()) {
      const attachment = socket.deserializeAttachment() as Attachment | null
      if (attachment !== null && take(attachment.connection, attachment.state)) this.#keep(attachment.connection, socket)
      else quietly(() => socket.close(1000))
    }
  }

  accept(socket: WebSocket): string {
    const connection = crypto.randomUUID()
    this.#ctx.acceptWebSocket(socket)
    this.#keep(connection, socket)
    return connection
  }

  /** null where it was closed from here. */
  of(socket: WebSocket): string | null {
    return this.#names.get(socket) ?? null
  }

  /** The name of a socket that the client closes, which is answered, or that broke; null where it was closed from here. */
  closed(socket: WebSocket): string | null {
    const connection = this.of(socket)
    this.#forget(socket)
    quietly(() => socket.close(1000))
    return connection
  }

  send(connection: string, frame: Uint8Array): void {
    // It may have closed a moment ago: its close event follows.
    quietly(() => this.#sockets.get(connection)?.send(frame))
  }

  remember(connection: string, state: Uint8Array): void {
    quietly(() => this.#sockets.get(connection)?.serializeAttachment({ connection, state } satisfies Attachment))
  }

  close(connection: string): void {
    const socket = this.#sockets.get(connection)
    if (socket === undefined) return
    this.#forget(socket)
    quietly(() => {
      // Closing takes until the client has answered; if memory is lost meanwhile, it is nobody's.
      socket.serializeAttachment(null)
      socket.close(1000)
    })
  }

  #forget(socket: WebSocket): void {
    const connection = this.of(socket)
    if (connection !== null) this.#sockets.delete(connection)
    this.#names.delete(socket)
  }

  #keep(connection: string, socket: WebSocket): void {
    this.#sockets.set(connection, socket)
    this.#names.set(socket, connection)
  }
}

function quietly(act: () => void): void {
  try {
    act()
  } catch {
    // Closed.
  }
}
