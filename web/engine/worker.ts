/// <reference lib="webworker" />
/**
 * A worker's first file holds nothing: WebKit runs it once more where another file imports from it, as those that are loaded later do (vite.config.ts). It says that
 * it is there, and loads the rest; nobody speaks to the engine before that has said something.
 */
import type { FromEngine } from "./protocol.ts"

const post = (message: FromEngine): void => (globalThis as unknown as DedicatedWorkerGlobalScope).postMessage(message)

post({ type: "here" })
import("./tab.ts").catch((error: unknown) => post({ type: "status", status: { status: "failed", problem: "broken", detail: String(error) } }))
