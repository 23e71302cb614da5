import { DurableObject } from "cloudflare:workers"
import * as v from "valibot"
import { toHex } from "../../shared/bytes.ts"
import * as geometry from "../../shared/geometry.ts"
import { fetchBytes, notFound, postBytes, publicBytes, publicJson, publicMetrics } from "../../shared/node/worker/http.ts"
import { forwardTo } from "../../shared/node/worker/node-object.ts"
import { parametersOf } from "../../shared/node/worker/settings.ts"
import { sqlStorage } from "../../shared/node/worker/storage.ts"
import { Timer } from "../../shared/node/worker/timer.ts"
import type { AuthorityEffect } from "../authority.ts"
import { Authority } from "../authority.ts"

interface Env {
  readonly DIRECTORY: DurableObjectNamespace<AuthorityNode>
  /** JSON: a list of admissions. */
  readonly ADMIT: string
  readonly PARAMETERS?: string
}

const AT_ONCE = 6
const WATCHDOG = 60_000

const admissions = v.array(
  v.strictObject({
    url: v.pipe(v.string(), v.regex(/^https?:\/\/.*[^/]$/)),
    role: v.picklist(["mix", "dropbox"]),
    layer: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3)),
    operator: v.string(),
    provider: v.string(),
  }),
)

/** A directory authority in its Durable Object. */
export class AuthorityNode extends DurableObject<Env> {
  readonly #authority: Promise<Authority>
  readonly #timer: Timer
  #gathering = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#timer = new Timer(() => void this.#run((authority) => authority.onWake(Date.now())))
    this.#authority = ctx.blockConcurrencyWhile(async () => {
      const storage = sqlStorage(ctx.storage.sql)
      const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
      const admitted = v.parse(admissions, JSON.parse(env.ADMIT))
      const authority = await Authority.start({ storage, random, admitted, parameters: parametersOf(env.PARAMETERS) }, Date.now())
      if ((await ctx.storage.getAlarm()) === null) await ctx.storage.setAlarm(Date.now() + 1)
      return authority
    })
    void this.#run((authority) => authority.onWake(Date.now()))
  }

  override async fetch(request: Request): Promise<Response> {
    const authority = await this.#authority
    switch (`${request.method} ${new URL(request.url).pathname}`) {
      case "GET /directory":
        return publicBytes(authority.document)
      case "GET /authority":
        return publicJson({ key: toHex(authority.key) })
      case "GET /health":
        return publicJson(authority.health(Date.now()))
      case "GET /metrics":
        return publicMetrics(authority.health(Date.now()))
      default:
        return notFound()
    }
  }

  /** The watchdog: starts the object again after an eviction. */
  override async alarm(): Promise<void> {
    await this.#run((authority) => authority.onWake(Date.now()))
    await this.ctx.storage.setAlarm(Date.now() + WATCHDOG)
  }

  async #run(step: (authority: Authority) => AuthorityEffect[] | Promise<AuthorityEffect[]>): Promise<void> {
    for (const effect of await step(await this.#authority)) {
      if (effect.kind === "wake") this.#timer.set(effect.at)
      else if (effect.kind === "gather") this.ctx.waitUntil(this.#gather(effect.urls))
      else this.ctx.waitUntil(eachOf(effect.urls, (url) => postBytes(`${url}/directory`, effect.document)))
    }
  }

  async #gather(urls: readonly string[]): Promise<void> {
    // A node that does not answer takes seconds; asking again meanwhile would only pile up.
    if (this.#gathering) return
    this.#gathering = true
    const answers = await eachOf(urls, (url) => fetchBytes(`${url}/descriptor`, geometry.DIRECTORY_MAX))
    this.#gathering = false
    const descriptors = answers.filter((descriptor) => descriptor !== null)
    await this.#run((authority) => authority.onDescriptors(descriptors, Date.now()))
  }
}

/** Does the same for all, a few at once. */
async function eachOf<Result>(urls: readonly string[], ask: (url: string) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let i = 0; i < urls.length; i += AT_ONCE) results.push(...(await Promise.all(urls.slice(i, i + AT_ONCE).map(ask))))
  return results
}

export default forwardTo((env: Env) => env.DIRECTORY)
