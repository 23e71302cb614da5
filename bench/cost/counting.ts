/**
 * Runs inside a node's worker, around its own classes and code (entries.ts bundles both together), and counts what Cloudflare bills: requests to the Worker and to each
 * Durable Object, rows, and for how long an object could not hibernate. What it counted is at GET /counted.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import { LINK_HEADER_LENGTH, PACKET_LENGTH } from "../../shared/geometry.ts"

/** Of all objects of one class, since the start. */
export interface ObjectCounts {
  /** HTTP requests, calls by other objects, alarms. */
  fetches: number
  calls: number
  alarms: number
  /** Requests of neighbours, among fetches, and the packets in them. */
  links: number
  packets: number
  /** Messages of clients over WebSockets. */
  messages: number
  rowsWritten: number
  rowsRead: number
  /** Boxes written. */
  boxes: number
  /** Each setAlarm; a row, too, and among rowsWritten. */
  alarmsSet: number
  /** ms in which a handler ran, or something that was begun (a timer, waitUntil) was pending: then the object does not hibernate. */
  awake: number
}

export interface Counted {
  readonly workerRequests: number
  readonly objects: Readonly<Record<string, ObjectCounts>>
}

interface Cursor {
  readonly rowsRead: number
  readonly rowsWritten: number
}

interface State {
  waitUntil(promise: Promise<unknown>): void
  readonly storage: { setAlarm(...args: unknown[]): Promise<void>; readonly sql: { exec(query: string, ...values: unknown[]): Cursor } }
}

type Handler = (...args: unknown[]) => unknown
type ObjectClass = new (ctx: State, env: unknown) => object

/** What the platform calls, and as what it counts. */
const HANDLERS: Readonly<Record<string, "fetches" | "calls" | "alarms" | "messages" | null>> = {
  fetch: "fetches",
  alarm: "alarms",
  webSocketMessage: "messages",
  // Not billed, but the object runs.
  webSocketClose: null,
  webSocketError: null,
}
/** What other objects call, by class. */
const CALLS: Readonly<Record<string, readonly string[]>> = { DropboxNode: ["answer"], DropboxShard: ["serve", "state"] }

let workerRequests = 0
const classes = new Map<string, ObjectCounts>()

/** One object: how much of it is pending, and since when. */
class Awake {
  readonly counts: ObjectCounts
  #pending = 0
  #since = 0

  constructor(counts: ObjectCounts) {
    this.counts = counts
    all.add(this)
  }

  begin(): void {
    if (this.#pending++ === 0) this.#since = Date.now()
  }

  end(): void {
    if (--this.#pending === 0) this.counts.awake += Date.now() - this.#since
  }

  /** Counts what has passed so far. */
  settle(): void {
    if (this.#pending === 0) return
    const now = Date.now()
    this.counts.awake += now - this.#since
    this.#since = now
  }

  async during(work: () => unknown): Promise<unknown> {
    this.begin()
    try {
      return await work()
    } finally {
      this.end()
    }
  }
}

const all = new Set<Awake>()
/** The object in which code runs: timers and promises go on in the one that began them. */
const inside = new AsyncLocalStorage<Awake>()

/** The class with everything counted that comes in, and that its objects do. */
export function counted(name: string, Real: ObjectClass): ObjectClass {
  const counts: ObjectCounts = { fetches: 0, calls: 0, alarms: 0, links: 0, packets: 0, messages: 0, rowsWritten: 0, rowsRead: 0, boxes: 0, alarmsSet: 0, awake: 0 }
  classes.set(name, counts)
  const objects = new WeakMap<object, Awake>()
  // A function and no class: what the constructor begins belongs to the object, too, and `super` cannot be called inside of something.
  function CountedObject(this: object, ctx: State, env: unknown): object {
    countStorage(ctx)
    const object = new Awake(counts)
    const made = inside.run(object, () => Reflect.construct(Real, [ctx, env], new.target) as object)
    objects.set(made, object)
    return made
  }
  Object.setPrototypeOf(CountedObject, Real)
  CountedObject.prototype = Object.create(Real.prototype, { constructor: { value: CountedObject } })
  const calls = (CALLS[name] ?? []).map((call) => [call, "calls"] as const)
  for (const [handler, kind] of [...Object.entries(HANDLERS), ...calls]) {
    const real = (Real.prototype as Record<string, Handler | undefined>)[handler]
    if (real === undefined) continue
    const method = function (this: object, ...args: unknown[]) {
      const object = objects.get(this)!
      if (kind !== null) counts[kind]++
      if (kind === "fetches") countPackets(counts, args[0] as Request)
      return inside.run(object, () => object.during(() => real.apply(this, args)))
    }
    Object.defineProperty(CountedObject.prototype, handler, { value: method, configurable: true, writable: true })
  }
  return CountedObject as unknown as ObjectClass
}

function countPackets(counts: ObjectCounts, { url, headers }: Request): void {
  if (new URL(url).pathname !== "/packets") return
  counts.links++
  counts.packets += (Number(headers.get("content-length")) - LINK_HEADER_LENGTH) / PACKET_LENGTH
}

/** The Worker before the objects. */
export function countedFront<Env, Context>(real: { fetch(request: Request, env: Env, context: Context): Promise<Response> }) {
  return {
    fetch(request: Request, env: Env, context: Context): Promise<Response> | Response {
      if (new URL(request.url).pathname === "/counted") {
        for (const object of all) object.settle()
        return Response.json({ workerRequests, objects: Object.fromEntries(classes) } satisfies Counted)
      }
      workerRequests++
      return real.fetch(request, env, context)
    },
  }
}

let storageIsCounted = false

/** Through the prototypes that all objects of this worker share. */
function countStorage(ctx: State): void {
  if (storageIsCounted) return
  storageIsCounted = true
  const sql = Object.getPrototypeOf(ctx.storage.sql) as State["storage"]["sql"]
  const { exec } = sql
  sql.exec = function (query, ...values) {
    const cursor = exec.call(this, query, ...values)
    const counts = inside.getStore()?.counts
    if (counts !== undefined) {
      if (query.startsWith("INSERT INTO boxes")) counts.boxes++
      // Whoever asked for rows has taken them all by then.
      queueMicrotask(() => {
        counts.rowsRead += cursor.rowsRead
        counts.rowsWritten += cursor.rowsWritten
      })
    }
    return cursor
  }
  const storage = Object.getPrototypeOf(ctx.storage) as State["storage"]
  const { setAlarm } = storage
  storage.setAlarm = function (...args) {
    const counts = inside.getStore()?.counts
    if (counts !== undefined) {
      counts.alarmsSet++
      counts.rowsWritten++
    }
    return setAlarm.apply(this, args)
  }
  const state = Object.getPrototypeOf(ctx) as State
  const { waitUntil } = state
  state.waitUntil = function (promise) {
    const object = inside.getStore()
    void object?.during(() => promise).catch(() => undefined)
    waitUntil.call(this, promise)
  }
}

type Timer = ReturnType<typeof setTimeout>
const timers = new Map<Timer, Awake>()
const { setTimeout: begin, clearTimeout: cancel } = globalThis

function ended(timer: Timer): void {
  timers.get(timer)?.end()
  timers.delete(timer)
}

Object.assign(globalThis, {
  setTimeout(wake: () => void, after?: number): Timer {
    const object = inside.getStore()
    const timer = begin(() => {
      ended(timer)
      wake()
    }, after)
    if (object !== undefined) {
      object.begin()
      timers.set(timer, object)
    }
    return timer
  },
  clearTimeout(timer: Timer): void {
    ended(timer)
    cancel(timer)
  },
})
