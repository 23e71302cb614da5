import { DurableObject } from "cloudflare:workers"
import type { Role } from "../../directory/descriptor.ts"
import * as geometry from "../../geometry.ts"
import type { NodeId, Packet } from "../../names.ts"
import type { Random } from "../../random.ts"
import type { Effect } from "../effect.ts"
import type { NodeParts } from "../node-core.ts"
import type { Refusal, Refusals } from "../refusals.ts"
import { SecretError } from "../sealed-storage.ts"
import { Alarm } from "./alarm.ts"
import { Bodies, directoryBodies, linkBodies } from "./bodies.ts"
import { accepted, fetchBytes, publicBytes, publicJson, publicMetrics, shut } from "./http.ts"
import { LinkPosts } from "./link-posts.ts"
import type { NodeEnv } from "./settings.ts"
import { listOf, nodeConfig, parametersOf, replayTagsOf } from "./settings.ts"
import { workerSphinx } from "./sphinx.ts"
import { nodeStorage, unlessShut } from "./storage.ts"
import { Timer } from "./timer.ts"

/** How often the authorities are asked: until there is a first document, and then. They bring new ones by themselves. */
const POLL_AT_FIRST = 500
const POLLS_PER_DOCUMENT = 12
const POLL_LATEST = 300_000

/** Bytes of bodies that are worked on at a stretch: about 15 ms. */
const STRETCH = 64 * geometry.PACKET_LENGTH
/** After a stretch: until so few packets wait for neighbours that take them, but so often at most. */
const WAITING_FEW = 512
const REST = 5
const RESTS = 10

/** What Mix and Dropbox have in common. */
export interface PureNode {
  readonly document: Uint8Array | null
  readonly refusals: Refusals
  onLink(body: Uint8Array, now: number): Promise<Effect[]>
  onWake(now: number): Effect[] | Promise<Effect[]>
  onDirectory(document: Uint8Array, now: number): Promise<Effect[]>
  linkRequest(to: NodeId, packets: readonly Packet[], now: number): Promise<Uint8Array>
  onLost(packets: number, now: number): void
  descriptor(now: number): Promise<Uint8Array>
  health(now: number): object
}

const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length))

/** A node in its Durable Object: HTTP, one timer, an alarm as watchdog, and the effects that mixes and dropboxes have in common. */
export abstract class NodeObject<Node extends PureNode, Env extends NodeEnv> extends DurableObject<Env> {
  /** Rejects with SecretError while the storage is shut: then nothing happens here but that everybody is told so. */
  protected readonly node: Promise<Node>
  readonly #posts: LinkPosts
  readonly #timer: Timer
  readonly #alarm: Alarm
  readonly #bodies = new Bodies(linkBodies, (reason) => this.#refuse(reason))
  readonly #documents = new Bodies(directoryBodies, (reason) => this.#refuse(reason))
  #work: Promise<void> = Promise.resolve()
  #stretch = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#posts = new LinkPosts({
      request: async (to, packets) => (await this.node).linkRequest(to, packets, Date.now()),
      onLost: (packets) => void this.run((node) => (node.onLost(packets, Date.now()), [])),
    })
    this.#timer = new Timer(() => void this.run((node) => node.onWake(Date.now())))
    this.#alarm = new Alarm(ctx.storage)
    const started = unlessShut(ctx, async () => {
      const node = await this.start(await this.#parts())
      await this.#alarm.load()
      await this.#alarm.by(node.document === null ? Date.now() : Date.now() + this.#pollAfter(node))
      return node
    })
    this.node = started.then((node) => node ?? Promise.reject(new SecretError()))
    void this.run((node) => node.onWake(Date.now()))
  }

  protected abstract readonly role: Role
  protected abstract readonly layer: number
  protected abstract start(parts: NodeParts): Promise<Node>
  /** GET /session, and what else a kind of node has of its own. */
  protected abstract serve(request: Request, url: URL): Response

  /** Effects that not every kind of node has. */
  protected perform(effect: Effect): void {
    if (effect.kind === "post") this.#posts.send(effect)
    if (effect.kind === "wake") this.#wakeAt(effect.at, effect.idle ?? false)
  }

  protected async run(step: (node: Node) => Effect[] | Promise<Effect[]>): Promise<void> {
    const node = await this.node.catch(nullIfShut)
    if (node !== null) for (const effect of await step(node)) this.perform(effect)
  }

  override async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const node = await this.node.catch(nullIfShut)
    if (node === null) return shut(request)
    switch (`${request.method} ${url.pathname}`) {
      case "POST /packets":
        return this.#take(request)
      case "GET /descriptor":
        return publicBytes(await node.descriptor(Date.now()))
      case "GET /directory":
        return publicBytes(node.document)
      case "POST /directory":
        return this.#learn(request)
      case "GET /health":
        return publicJson(this.#health(node))
      case "GET /metrics":
        return publicMetrics(this.#health(node))
      default:
        return this.serve(request, url)
    }
  }

  /** The watchdog: starts the object again after an eviction, changes its keys, and asks for the directory. */
  override async alarm(): Promise<void> {
    const node = await this.node.catch(nullIfShut)
    if (node === null) return
    this.#alarm.rang()
    // First of all: whatever goes wrong below, it rings again.
    await this.#alarm.by(Date.now() + this.#pollAfter(node))
    await this.run(() => node.onWake(Date.now()))
    for (const url of listOf(this.env.DIRECTORY_URLS)) {
      const document = await fetchBytes(`${url}/directory`, geometry.DIRECTORY_MAX)
      if (document !== null) await this.run(() => node.onDirectory(document, Date.now()))
    }
  }

  /** A pending timer keeps the object in memory, for which its operator pays: an idle one sleeps until the alarm. */
  #wakeAt(at: number, isIdle: boolean): void {
    if (isIdle) this.ctx.waitUntil(this.#alarm.by(at))
    else this.#timer.set(at)
  }

  #pollAfter(node: Node): number {
    const { documentSeconds } = parametersOf(this.env.PARAMETERS)
    return node.document === null ? POLL_AT_FIRST : Math.min((documentSeconds * 1000) / POLLS_PER_DOCUMENT, POLL_LATEST)
  }

  #health(node: Node): object {
    const now = Date.now()
    return { ...node.health(now), links: this.#posts.published(now) }
  }

  #refuse(reason: Refusal): void {
    void this.run((node) => (node.refusals.add(reason), []))
  }

  /** Answers before the packets are opened, so that the time of the answer says nothing of them either. */
  async #take(request: Request): Promise<Response> {
    const body = await this.#bodies.read(request)
    if (body !== null) this.ctx.waitUntil(this.#open(body))
    return accepted()
  }

  /** One body after the other. */
  #open(body: Uint8Array): Promise<void> {
    const done = this.#work.then(() => this.run((node) => node.onLink(body, Date.now()))).finally(() => this.#bodies.done(body))
    this.#work = done.catch(() => undefined).then(() => this.#rest(body.length))
    return done
  }

  /**
   * Nothing that opening packets waits for comes from outside, so it leaves no gap by itself: packets that are due, and what neighbours answer, would wait until no body does, and who is sent more than it
   * can take would open packets only to drop them. So there is a gap, and a longer one while more waits to leave than is on its way.
   */
  async #rest(length: number): Promise<void> {
    this.#stretch += length
    if (this.#stretch < STRETCH) return
    this.#stretch = 0
    await pause(0)
    for (let i = 0; i < RESTS && this.#posts.waiting > WAITING_FEW; i++) await pause(REST)
  }

  /** Anybody may bring a document: its signatures say whether it counts. */
  async #learn(request: Request): Promise<Response> {
    const document = await this.#documents.read(request)
    if (document !== null) await this.run((node) => node.onDirectory(document, Date.now())).finally(() => this.#documents.done(document))
    return accepted()
  }

  async #parts(): Promise<NodeParts> {
    const { sphinx, x25519 } = await workerSphinx(random)
    return { storage: nodeStorage(this.ctx, this.env, random), random, x25519, sphinx, config: nodeConfig(this.env, this.role, this.layer), replayTags: replayTagsOf(this.env) }
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

function nullIfShut(error: unknown): null {
  if (error instanceof SecretError) return null
  throw error
}

/** The Worker before the object: there is one object, and it does everything. */
export function forwardTo<Env, Kind extends Rpc.DurableObjectBranded>(object: (env: Env) => DurableObjectNamespace<Kind>): ExportedHandler<Env> {
  return {
    fetch(request, env) {
      const namespace = object(env)
      return namespace.get(namespace.idFromName("node")).fetch(request)
    },
  }
}

