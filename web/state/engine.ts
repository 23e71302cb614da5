/** The page's end of the engine's worker. */
import type { CommandInput, CommandName, CommandOutput } from "../../messenger/api.ts"
import type { CommandRequest, EngineStatus, FromEngine, ToEngine } from "../engine/protocol.ts"
import { keepDraft } from "./drafts.ts"
import { apply, state } from "./state.ts"
import type { AppEvent } from "./state.ts"
import { startEngineWorker } from "./worker.ts"

interface Call {
  readonly done: (output: never) => void
  readonly failed: (error: Error) => void
}

const calls = new Map<number, Call>()
let lastCall = 0
let worker: Worker | null = null
/** Events that come while the first view is being fetched may be newer than it: they are applied once more behind it. */
let since: AppEvent[] | null = null
let erased: (() => void) | null = null

const tell = (message: ToEngine) => worker?.postMessage(message)

export function startEngine(): void {
  worker = startEngineWorker()
  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => hear(data)
  worker.onerror = (event) => apply({ type: "engine", status: { status: "failed", problem: "broken", detail: event.message || null } })
}

function hear(message: FromEngine): void {
  switch (message.type) {
    case "event":
      since?.push(message.event)
      apply(message.event)
      if (message.event.type === "contact-removed") keepDraft(message.event.contact, "")
      break
    case "answer":
      take(message.call)?.done(message.output as never)
      break
    case "refused":
      take(message.call)?.failed(new Error(message.reason))
      break
    case "trouble":
      apply({ type: "trouble", detail: message.detail })
      break
    case "erased":
      erased?.()
      break
    case "status":
      if (message.status.status === "running" && state.engine.status !== "running") void load(message.status)
      else apply({ type: "engine", status: message.status })
  }
}

/** The app shows itself when it has something to show: status "running" comes behind the first view. */
async function load(status: EngineStatus): Promise<void> {
  since = []
  try {
    const view = await run("view", {})
    apply({ type: "view", view })
    for (const event of since) apply(event)
    apply({ type: "engine", status })
  } catch (error) {
    apply({ type: "engine", status: { status: "failed", problem: "broken", detail: String(error) } })
  }
  since = null
}

function take(call: number): Call | undefined {
  const found = calls.get(call)
  calls.delete(call)
  return found
}

/** Runs a command in the engine. Rejects where the command was refused; what arose out of the engine itself is shown by itself. */
export function run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
  return new Promise((done, failed) => {
    const call = ++lastCall
    calls.set(call, { done, failed })
    tell({ type: "command", call, name, input } as CommandRequest)
  })
}

export const takeOver = (): void => tell({ type: "take-over" })

/** Deletes everything that this device keeps and begins anew. */
export async function erase(): Promise<void> {
  await new Promise<void>((done) => {
    erased = done
    tell({ type: "erase" })
  })
  localStorage.clear()
  location.replace("/")
}
