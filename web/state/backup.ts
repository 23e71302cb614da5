/** Making backups and restoring them: the page's end of the worker that does it, which sits beside the engine's. */
import type { BackupFileProblem, FromBackup, MadeBackup, OpenedBackup, ToBackup } from "../engine/backup-protocol.ts"
import url from "../engine/backup-worker.ts?worker&url"
import { restoreFrom, sendBackup } from "./engine.ts"
import { stretched } from "./passphrase.ts"
import { scriptPolicy } from "./trusted.ts"

export type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly problem: BackupFileProblem; readonly about: string | null }

let script: string | null = null

/** One backup that is made or opened, each step in a worker of its own. It ends with `end`, and with it whatever is under way, as `failed`. */
export class BackupWork {
  readonly #onProgress: (part: number) => void
  #end: (() => void) | null = null

  /** `onProgress` hears how much of a file was read, 0 to 1. */
  constructor(onProgress: (part: number) => void = () => undefined) {
    this.#onProgress = onProgress
  }

  /** A file of all that is kept. It counts as a backup only after it was opened again. */
  async make(passphrase: string): Promise<Outcome<{ made: MadeBackup }>> {
    const port = between(sendBackup)
    return outcome(await this.#ask({ type: "make", passphrase, port }, [port]), "made")
  }

  /** A file that was chosen, or that was made here. */
  async open(passphrase: string, file: Blob, made: MadeBackup | null): Promise<Outcome<{ backup: OpenedBackup }>> {
    return outcome(await this.#ask({ type: "open", passphrase, file, made }), "opened")
  }

  /** Puts what was opened in the place of the profile that was never begun; from then on this passphrase opens it. False where it could not be read to its end. */
  async restore(passphrase: string, file: Blob, { head }: OpenedBackup): Promise<boolean> {
    const fresh = await stretched(passphrase, null)
    let restored = Promise.resolve(false)
    const port = between((other) => (restored = restoreFrom(other, head, fresh)))
    void this.#ask({ type: "give", passphrase, file, port }, [port])
    return restored.finally(() => this.end())
  }

  end(): void {
    this.#end?.()
  }

  #ask(message: ToBackup, ports: Transferable[] = []): Promise<FromBackup> {
    this.end()
    script ??= scriptPolicy("backup", url)
    const worker = new Worker(script, { type: "module", name: "sotto-backup" })
    return new Promise<FromBackup>((done) => {
      this.#end = () => done({ type: "problem", problem: "failed", about: null })
      worker.onerror = this.#end
      worker.onmessage = ({ data }: MessageEvent<FromBackup>) => {
        if (data.type === "progress") this.#onProgress(Math.min(data.done / data.of, 1))
        else done(data)
      }
      worker.postMessage(message, ports)
    }).finally(() => worker.terminate())
  }
}

/** The two workers talk without the page between them. */
function between(hand: (port: MessagePort) => unknown): MessagePort {
  const { port1, port2 } = new MessageChannel()
  hand(port1)
  return port2
}

function outcome<Type extends "made" | "opened">(answer: FromBackup, type: Type): Outcome<Extract<FromBackup, { type: Type }>> {
  if (answer.type === type) return { ok: true, ...(answer as Extract<FromBackup, { type: Type }>) }
  return answer.type === "problem" ? { ok: false, problem: answer.problem, about: answer.about } : { ok: false, problem: "failed", about: null }
}

/** A name that sorts by date and says nothing of whose it is. */
export const fileName = (created: number): string => `sotto-backup-${new Date(created).toISOString().slice(0, 10)}.age`
