import url from "../engine/worker.ts?worker&url"
import { scriptPolicy } from "./trusted.ts"

export const startEngineWorker = (): Worker => new Worker(scriptPolicy("engine", url), { type: "module", name: "sotto-engine" })
