import { sha256 } from "@noble/hashes/sha2.js"
import { sameBytes, WireError } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Directory } from "../shared/directory/document.ts"
import { nodeOf } from "../shared/directory/document.ts"
import type { GatewayFrame } from "../shared/frames.ts"
import { decodeGatewayFrame, encodeClientFrame, receiptOf } from "../shared/frames.ts"
import { DIRECTORY_MAX, KEY_LENGTH } from "../shared/geometry.ts"
import type { Packet } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import { pick, uniform } from "../shared/random.ts"
import type { Engine } from "./engine.ts"
import type { Clock, Connection, Link, LinkEvent } from "./ports.ts"
import type { StoredGateway } from "./stored.ts"
import { keys, unpackIfAny } from "./stored.ts"
import { GATEWAY_LIFE, GATEWAY_PATIENCE, RECONNECT_FIRST, RECONNECT_MOST, SILENCE_LEAST, SILENCE_SLOTS, SLOT_MEAN } from "./timing.ts"

/** A directory this many documents old, and a quarter of an hour for clocks that are wrong, is kept back by the gateway, or there is no other. */
const DOCUMENTS_OLD = 3
const CLOCKS_APART = 15 * 60_000
/** Replies are kept by the gateway for so long after a connection broke. */
const RESUME_WITHIN = 110_000

export interface ConnectionParts {
  readonly engine: Engine
  readonly link: Link
  readonly clock: Clock
  /** Runs an entry into the engine in its turn, stores and tells what it changed. */
  readonly enter: (entry: () => Promise<void> | void) => Promise<void>
}

/** The client's one connection: first the directory, then a gateway of layer 1, kept for 30 days, then a session. */
export class GatewayConnection {
  readonly #parts: ConnectionParts
  #connection: Connection | null = null
  #online = false
  #secret: Uint8Array | null = null
  /** Of the packet that came last over this connection: tells the gateway that it is read. */
  #receipt: Uint8Array | undefined
  #lostAt = 0
  /** When the gateway last said anything that only a working one can say: garbage keeps no connection. */
  #heard = 0
  /** A directory document was asked for and has not come. */
  #asked = false
  /** Connections in a row over which nothing was answered, and since when there were no others. */
  #failures = 0
  #failingSince: number | null = null
  #cancelRetry: (() => void) | null = null
  #cancelDirectory: (() => void) | null = null
  #stopped = false

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  start(): void {
    const { clock } = this.#parts
    if (this.#stopped) return
    this.#cancelRetry = clock.at(clock.now(), () => this.#connect())
  }

  stop(): void {
    this.#stopped = true
    this.#cancelRetry?.()
    this.#cancelDirectory?.()
    this.#connection?.close()
    this.#connection = null
    this.#online = false
  }

  get online(): boolean {
    return this.#online
  }

  /** Called at the very moment of a slot: nothing else may happen here. */
  send(packet: Packet): boolean {
    if (!this.#online || this.#connection === null) return false
    this.#connection.send(encodeClientFrame({ type: "packet", packet, ...(this.#receipt === undefined ? {} : { receipt: this.#receipt }) }))
    this.#checkSilence()
    return true
  }

  /** A connection over which no answer comes any more is dead, whatever the platform believes of it. */
  #checkSilence(): void {
    const { clock, engine } = this.#parts
    if (clock.now() - this.#heard > Math.max(SILENCE_LEAST, SILENCE_SLOTS * SLOT_MEAN[engine.speed])) this.#connection?.close()
    // Something may come now and then: through a gateway that drops nearly everything nothing can be had either.
    else if (engine.traffic.health.isHopeless(clock.now())) {
      this.#failingSince = -Infinity
      this.#connection?.close()
    }
  }

  async #connect(): Promise<void> {
    const { engine, enter, link, clock } = this.#parts
    await enter(() => engine.linked("connecting", null, null, false))
    const directory = await this.#freshDirectory()
    const gateway = directory === null || this.#stopped ? null : await this.#gateway(directory)
    if (this.#stopped) return
    if (gateway === null) return this.#retry()
    if (this.#secret === null || clock.now() - this.#lostAt > RESUME_WITHIN) this.#secret = engine.parts.random(KEY_LENGTH)
    const secret = this.#secret
    let connection: Connection | null = null
    this.#receipt = undefined
    connection = link.connect(gateway.url, (event) => {
      if (connection === null || connection === this.#connection) return this.#onEvent(event, gateway, secret)
    })
    this.#connection = connection
  }

  async #onEvent(event: LinkEvent, gateway: NodeEntry, secret: Uint8Array): Promise<void> {
    switch (event.type) {
      case "open":
        this.#connection?.send(encodeClientFrame({ type: "hello", secret }))
        return
      case "frame":
        return this.#onFrame(event.frame, gateway, secret)
      case "closed":
        return this.#onClosed()
    }
  }

  async #onFrame(bytes: Uint8Array, gateway: NodeEntry, secret: Uint8Array): Promise<void> {
    const { engine, enter } = this.#parts
    const frame = decoded(bytes)
    if (frame === null) return
    switch (frame.type) {
      case "welcome": {
        // One for each connection: with a second one a gateway could have everything asked anew whenever it likes.
        if (this.#online) return
        const session = sized("SessionId", sha256(secret))
        if (!sameBytes(frame.node, gateway.id) || !sameBytes(frame.session, session)) return this.#connection?.close()
        this.#online = true
        this.#heard = this.#parts.clock.now()
        this.#directoryLater()
        return enter(() => {
          engine.heardTime(frame.time)
          engine.linked("online", gateway, session, frame.resumed)
        })
      }
      case "packet":
        this.#receipt = receiptOf(frame.packet)
        return enter(async () => {
          if (!(await engine.receive(frame.packet))) return
          // Only an answer shows that a gateway works; one that greets and forwards nothing fails.
          this.#heard = this.#parts.clock.now()
          this.#failures = 0
          this.#failingSince = null
        })
      case "directory":
        // Dear to check, so it is looked at where it was asked for only.
        if (!this.#asked) return
        this.#asked = false
        return enter(async () => {
          await engine.useDirectory(frame.document)
        })
    }
  }

  async #onClosed(): Promise<void> {
    const { engine, enter, clock } = this.#parts
    if (this.#online) this.#lostAt = clock.now()
    this.#online = false
    this.#asked = false
    this.#connection = null
    this.#cancelDirectory?.()
    if (this.#stopped) return
    await enter(() => engine.linked("offline", null, null, false))
    this.#retry()
  }

  #retry(): void {
    const { clock, engine } = this.#parts
    if (this.#stopped) return
    const now = clock.now()
    this.#failingSince ??= now
    const wait = Math.min(RECONNECT_MOST, RECONNECT_FIRST * 2 ** this.#failures++)
    this.#cancelRetry?.()
    this.#cancelRetry = clock.at(now + wait * (0.5 + uniform(engine.parts.random)), () => this.#connect())
  }

  /** The stored document while it is young enough; else a new one, by a plain request, since there is no session yet. */
  async #freshDirectory(): Promise<Directory | null> {
    const { engine, enter, link, clock } = this.#parts
    const { directory } = engine
    if (directory !== null && directory.validFrom + directory.parameters.documentSeconds * 1000 > clock.now() && this.#failures < 2) return directory
    let reached = false
    for (const url of engine.parts.network.directories) {
      const document = await link.fetch(url, DIRECTORY_MAX)
      if (document === null) continue
      reached = true
      let taken = false
      await enter(async () => {
        taken = await engine.useDirectory(document)
      })
      if (taken) break
    }
    // Without a network of our own it is not the gateway that fails: being offline must not lead to another one.
    if (!reached) this.#failingSince = null
    const known = engine.directory
    return known !== null && known.validUntil > clock.now() ? known : null
  }

  /** The gateway of this client: kept for 30 days, and left only when it could not be reached for minutes. */
  async #gateway(directory: Directory): Promise<NodeEntry | null> {
    const { engine, enter, clock } = this.#parts
    const now = clock.now()
    const bytes = await engine.parts.store.get(keys.gateway)
    const stored = unpackIfAny<StoredGateway>(bytes)
    const kept = stored === null || now - stored.since > GATEWAY_LIFE ? null : nodeOf(directory, stored.node)
    const unreachable = this.#failingSince !== null && now - this.#failingSince > GATEWAY_PATIENCE
    if (kept !== null && !unreachable) return kept
    const others = directory.layers[0].filter((node) => kept === null || !sameBytes(node.id, kept.id))
    if (others.length === 0) return kept
    const chosen = pick(engine.parts.random, others)
    this.#failingSince = null
    this.#secret = null
    await enter(() => engine.changes.put(keys.gateway, { node: chosen.id, since: now } satisfies StoredGateway))
    return chosen
  }

  /** Documents come through the gateway at times that depend on the moment of connecting only. */
  #directoryLater(): void {
    const { clock, engine } = this.#parts
    this.#cancelDirectory?.()
    const every = (engine.directory?.parameters.documentSeconds ?? 3600) * 1000
    this.#cancelDirectory = clock.at(clock.now() + every, () => {
      if (!this.#online) return
      // Who connects again asks others, too: a gateway that keeps the directory back would have its clients to itself, and silent in the end.
      if (this.#asked || this.#isOutdated()) return this.#connection?.close()
      this.#asked = true
      this.#connection?.send(encodeClientFrame({ type: "get-directory" }))
      this.#directoryLater()
    })
  }

  #isOutdated(): boolean {
    const { engine, clock } = this.#parts
    const { directory } = engine
    if (directory === null) return false
    return clock.now() - directory.validFrom > DOCUMENTS_OLD * directory.parameters.documentSeconds * 1000 + CLOCKS_APART
  }
}

/** What a gateway says that cannot be read is passed over. */
function decoded(bytes: Uint8Array): GatewayFrame | null {
  try {
    return decodeGatewayFrame(bytes)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}
