import { DurableObject } from "cloudflare:workers"
import { Alarm } from "../../shared/node/worker/alarm.ts"
import { Timer } from "../../shared/node/worker/timer.ts"
import type { Request as BoxRequest } from "../../shared/request.ts"
import type { Answer, ShardRules, ShardState } from "../shard.ts"
import { Shard } from "../shard.ts"
import type { DropboxEnv } from "./index.ts"
import { sqlBoxes } from "./sql-boxes.ts"

const RETRY_AFTER = 150
/** Where more boxes have expired than are deleted at once. */
const EXPIRE_AGAIN_AFTER = 1000

/**
 * A shard in its Durable Object. Its timer runs while reads wait, which are in memory only: if the object is lost, clients ask again.
 * The alarm is for boxes that expire, at most once an hour or so: a shard with neither sleeps, and costs nothing.
 */
export class DropboxShard extends DurableObject<DropboxEnv> {
  readonly #shard: Shard
  readonly #timer = new Timer(() => void this.#wake())
  readonly #alarm: Alarm

  constructor(ctx: DurableObjectState, env: DropboxEnv) {
    super(ctx, env)
    const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
    this.#shard = new Shard({ boxes: sqlBoxes(ctx.storage.sql), random })
    this.#alarm = new Alarm(ctx.storage)
    void ctx.blockConcurrencyWhile(() => this.#alarm.load())
  }

  /** Reads that wait now. */
  get heldReads(): number {
    return this.#shard.heldReads
  }

  /** Called by the front. The answers leave this object when what was written is durable. */
  async serve(requests: readonly BoxRequest[], rules: ShardRules): Promise<Answer[]> {
    const answers = await this.#shard.onRequests(requests, rules, Date.now())
    this.#arm()
    await this.#expireLater()
    return answers
  }

  /** Called by the front. */
  state(rules: ShardRules): ShardState {
    return this.#shard.state(rules, Date.now())
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang()
    this.#shard.onExpiry(Date.now())
    await this.#expireLater()
  }

  async #wake(): Promise<void> {
    const answers = this.#shard.onWake(Date.now())
    this.#arm()
    if (answers.length > 0) await this.#deliver(answers).catch(() => this.#deliverAgain(answers))
  }

  #deliver(answers: Answer[]): Promise<void> {
    const front = this.env.DROPBOX.get(this.env.DROPBOX.idFromName("node"))
    return front.answer(answers) as Promise<void>
  }

  async #deliverAgain(answers: Answer[]): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER))
    // Lost after the second time: their clients ask again.
    await this.#deliver(answers).catch(() => undefined)
  }

  #arm(): void {
    if (this.#shard.nextDue < Infinity) this.#timer.set(this.#shard.nextDue)
  }

  async #expireLater(): Promise<void> {
    const { nextExpiry } = this.#shard
    if (nextExpiry < Infinity) await this.#alarm.by(Math.max(nextExpiry, Date.now() + EXPIRE_AGAIN_AFTER))
  }
}
