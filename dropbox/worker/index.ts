import type { Effect } from "../../shared/node/effect.ts"
import type { NodeParts } from "../../shared/node/node-core.ts"
import { notFound } from "../../shared/node/worker/http.ts"
import { forwardTo, NodeObject } from "../../shared/node/worker/node-object.ts"
import type { NodeEnv } from "../../shared/node/worker/settings.ts"
import type { Request as BoxRequest } from "../../shared/request.ts"
import { DEFAULT_SHARDS, defaultDropboxLimits, Front } from "../front.ts"
import type { Answer } from "../shard.ts"
import type { DropboxShard } from "./dropbox-shard.ts"

export { DropboxShard } from "./dropbox-shard.ts"

/** What a shard has for its answers: then it counts as failed, and the front goes on without it. */
const SHARD_TIMEOUT = 10_000
const STATE_TIMEOUT = 1000

export interface DropboxEnv extends NodeEnv {
  readonly DROPBOX: DurableObjectNamespace<DropboxNode>
  readonly SHARD: DurableObjectNamespace<DropboxShard>
  /** Objects over which the boxes are spread, 1 to 255; counts at the first start only. */
  readonly SHARDS?: string
  /** Boxes that the whole dropbox has room for; one takes 4.2 kB. */
  readonly BOXES?: string
}

/** The front of a dropbox in its Durable Object: it hands requests to the shards, which are objects of their own, and sends their answers. */
export class DropboxNode extends NodeObject<Front, DropboxEnv> {
  /** Anybody may ask for health: while the shards are asked, they are asked once. */
  #looking: Promise<void> | null = null

  protected get role() {
    return "dropbox" as const
  }

  protected get layer(): number {
    return 0
  }

  protected start(parts: NodeParts): Promise<Front> {
    const boxes = Number(this.env.BOXES ?? defaultDropboxLimits.boxes)
    const limits = { ...defaultDropboxLimits, boxes }
    return Front.start({ ...parts, shards: Number(this.env.SHARDS ?? DEFAULT_SHARDS), limits }, Date.now())
  }

  protected serve(): Response {
    return notFound()
  }

  protected override perform(effect: Effect): void {
    if (effect.kind === "requests") this.ctx.waitUntil(this.#ask(effect.shard, effect.requests))
    else super.perform(effect)
  }

  /** Called by shards: held reads whose time has come. */
  async answer(answers: readonly Answer[]): Promise<void> {
    await this.run((front) => front.onHeldAnswers(answers, Date.now()))
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === "/health" || pathname === "/metrics") await (this.#looking ??= this.#look().finally(() => (this.#looking = null)))
    return super.fetch(request)
  }

  /** Each shard by itself: what happens to one is nothing to the answers of the others. */
  async #ask(shard: number, requests: readonly BoxRequest[]): Promise<void> {
    const { rules } = await this.node
    const call = () => within(SHARD_TIMEOUT, this.#shard(shard).serve(requests, rules) as Promise<Answer[]>)
    // Once more where the object was just moved or restarted: to ask twice changes nothing.
    const answers = await call()
      .catch(call)
      .catch(() => null)
    await this.run((front) => {
      if (answers !== null) return front.onServed(shard, requests.length, answers, Date.now())
      front.onUnserved(shard, requests.length, Date.now())
      return []
    })
  }

  async #look(): Promise<void> {
    // Where the node is shut, its health says so by itself.
    const front = await this.node.catch(() => null)
    if (front === null || !front.wantsStates(Date.now())) return
    const states = Array.from({ length: front.shards }, (_, shard) =>
      within(STATE_TIMEOUT, this.#shard(shard).state(front.rules)).catch(() => null),
    )
    front.onStates(await Promise.all(states), Date.now())
  }

  #shard(shard: number) {
    return this.env.SHARD.get(this.env.SHARD.idFromName(`shard-${shard}`))
  }
}

async function within<T>(milliseconds: number, done: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("a shard is silent")), milliseconds)
  })
  try {
    return await Promise.race([done, late])
  } finally {
    if (timer !== null) clearTimeout(timer)
  }
}

export default forwardTo((env: DropboxEnv) => env.DROPBOX)
