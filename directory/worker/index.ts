import { DurableObject } from "cloudflare:workers"
import { toHex } from "../../shared/bytes.ts"
import { DESCRIPTOR_MAX } from "../../shared/directory/descriptor.ts"
import { admissionBodies, Bodies } from "../../shared/node/worker/bodies.ts"
import { fetchBytes, notFound, postBytes, publicBytes, publicJson, publicMetrics, shut } from "../../shared/node/worker/http.ts"
import { forwardTo } from "../../shared/node/worker/node-object.ts"
import type { SecretEnv } from "../../shared/node/worker/settings.ts"
import { nodeStorage, unlessShut } from "../../shared/node/worker/storage.ts"
import { Timer } from "../../shared/node/worker/timer.ts"
import { Authority } from "../authority.ts"
import type { AuthorityEffect } from "../effect.ts"
import type { AuthoritySettings } from "./settings.ts"
import { authorityParts } from "./settings.ts"

interface Env extends AuthoritySettings, SecretEnv {
  readonly DIRECTORY: DurableObjectNamespace<AuthorityNode>
}

const AT_ONCE = 6
const WATCHDOG = 60_000

/** A directory authority in its Durable Object. */
export class AuthorityNode extends DurableObject<Env> {
  /** null while the storage is shut: shared/node/sealed-storage.ts. */
  readonly #authority: Promise<Authority | null>
  readonly #timer: Timer
  #gathering = false
  readonly #asking = new Set<string>()
  /** What is too long, too slow or had to go is answered as malformed. */
  readonly #admissions = new Bodies(admissionBodies, () => undefined)
  /** One step after the other. */
  #work: Promise<unknown> = Promise.resolve()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#timer = new Timer(() => void this.#run((authority) => authority.onWake(Date.now())))
    this.#authority = unlessShut(ctx, async () => {
      const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
      const authority = await Authority.start({ storage: nodeStorage(ctx, env, random), random, ...authorityParts(env) }, Date.now())
      if ((await ctx.storage.getAlarm()) === null) await ctx.storage.setAlarm(Date.now() + 1)
      return authority
    })
    void this.#run((authority) => authority.onWake(Date.now()))
  }

  override async fetch(request: Request): Promise<Response> {
    const authority = await this.#authority
    if (authority === null) return shut(request)
    const { pathname } = new URL(request.url)
    switch (`${request.method} ${pathname}`) {
      case "GET /authority":
        return publicJson({ key: toHex(authority.key) })
      case "GET /health":
        return publicJson(authority.health(Date.now()))
      case "GET /metrics":
        return publicMetrics(authority.health(Date.now()))
      case "POST /admit":
        return this.#admit(request, authority)
    }
    const bytes = request.method === "GET" ? authority.serve(pathname, Date.now()) : undefined
    return bytes === undefined ? notFound() : publicBytes(bytes)
  }

  /** The watchdog: starts the object again after an eviction. */
  override async alarm(): Promise<void> {
    if ((await this.#authority) === null) return
    await this.#run((authority) => authority.onWake(Date.now()))
    await this.ctx.storage.setAlarm(Date.now() + WATCHDOG)
  }

  async #run(step: (authority: Authority) => AuthorityEffect[] | Promise<AuthorityEffect[]>): Promise<void> {
    const authority = await this.#authority
    if (authority === null) return
    const done = this.#work.then(async () => step(authority))
    this.#work = done.catch(() => undefined)
    for (const effect of await done) this.#perform(effect)
  }

  #perform(effect: AuthorityEffect): void {
    switch (effect.kind) {
      case "wake":
        this.#timer.set(effect.at)
        break
      case "gather":
        this.ctx.waitUntil(this.#gather(effect.urls))
        break
      case "ask":
        this.ctx.waitUntil(this.#ask(effect.url, effect.path, effect.max))
        break
      case "publish":
        this.ctx.waitUntil(eachOf(effect.urls, (url) => postBytes(`${url}/directory`, effect.document)))
    }
  }

  async #gather(urls: readonly string[]): Promise<void> {
    // A node that does not answer takes seconds; asking again meanwhile would only pile up.
    if (this.#gathering) return
    this.#gathering = true
    const answers = await eachOf(urls, async (url) => ({ url, descriptor: await fetchBytes(`${url}/descriptor`, DESCRIPTOR_MAX) }))
    this.#gathering = false
    const said = answers.flatMap(({ url, descriptor }) => (descriptor === null ? [] : [{ url, descriptor }]))
    await this.#run((authority) => authority.onDescriptors(said, Date.now()))
  }

  async #ask(url: string, path: string, max: number): Promise<void> {
    if (this.#asking.has(url + path)) return
    this.#asking.add(url + path)
    const bytes = await fetchBytes(url + path, max)
    this.#asking.delete(url + path)
    if (bytes !== null) await this.#run((authority) => authority.onAnswer(url, path, bytes, Date.now()))
  }

  /** For the operator, who is told what became of it. */
  async #admit(request: Request, authority: Authority): Promise<Response> {
    const body = await this.#admissions.read(request)
    const response = this.#work.then(async () => {
      const { answer, effects } = await authority.onAdmission(body ?? new Uint8Array(), Date.now()).finally(() => {
        if (body !== null) this.#admissions.done(body)
      })
      for (const effect of effects) this.#perform(effect)
      const { body: page, headers } = publicJson(answer)
      return new Response(page, { status: "refused" in answer ? 400 : 200, headers })
    })
    this.#work = response.catch(() => undefined)
    return response
  }
}

/** Does the same for all, a few at once. */
async function eachOf<Result>(urls: readonly string[], ask: (url: string) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let i = 0; i < urls.length; i += AT_ONCE) results.push(...(await Promise.all(urls.slice(i, i + AT_ONCE).map(ask))))
  return results
}

export default forwardTo((env: Env) => env.DIRECTORY)
