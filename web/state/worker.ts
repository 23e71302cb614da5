import type { FromEngine } from "../engine/protocol.ts"
import url from "../engine/worker.ts?worker&url"
import { scriptPolicy } from "./trusted.ts"

/** So long the page's code waits for the engine's worker to be there, at most: it may be on its way over a slow connection. */
const WAIT = 250

/** The engine's worker, and what it said before anybody listened. */
interface Started {
  readonly worker: Worker
  readonly said: FromEngine[]
  broken: ErrorEvent | null
  /** Once it has said anything at all. */
  readonly heard: Promise<void>
}

let started: Started | null = null

/** Begins with what comes first: the page's first script, or whoever listens. */
function start(): Started {
  if (started !== null) return started
  const worker = new Worker(scriptPolicy("engine", url), { type: "module", name: "sotto-engine" })
  const { promise: heard, resolve } = Promise.withResolvers<void>()
  const begun: Started = { worker, said: [], broken: null, heard }
  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
    begun.said.push(data)
    resolve()
  }
  worker.onerror = (event) => {
    begun.broken = event
    resolve()
  }
  return (started = begun)
}

/** Starts the engine. Done when it runs, does not, or takes long. */
export const engineIsThere = (): Promise<void> => Promise.race([start().heard, new Promise<void>((done) => setTimeout(done, WAIT))])

/** Whoever listens hears all that was said, in its order. */
export function listenToEngine(hear: (message: FromEngine) => void, failed: (event: ErrorEvent) => void): Worker {
  const { worker, said, broken } = start()
  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => hear(data)
  worker.onerror = failed
  for (const message of said.splice(0)) hear(message)
  if (broken !== null) failed(broken)
  return worker
}
