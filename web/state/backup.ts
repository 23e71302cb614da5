/** Making backups and restoring them: the page's end of the worker that does it, which sits beside the engine's. */
import type { BackupFileProblem, FromBackup, OpenedBackup, ToBackup } from "../engine/backup-protocol.ts"
import url from "../engine/backup-worker.ts?worker&url"
import { restoreFrom, sendBackup } from "./engine.ts"
import { stretched } from "./passphrase.ts"
import { scriptPolicy } from "./trusted.ts"

export type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly problem: BackupFileProblem; readonly about: string | null }

let script: string | null = null

/** One backup that is made or opened. It ends with `end`, and with it whatever is under way. */
export class BackupWork {
  readonly #worker: Worker
  readonly #onProgress: (part: number) => void
  #answered: ((answer: FromBackup) => void) | null = null

  /** `onProgress` hears how much of a file was read, 0 to 1. */
  constructor(onProgress: (part: number) => void = () => undefined) {
    script ??= scriptPolicy("backup", url)
    this.#onProgress = onProgress
    this.#worker = new Worker(script, { type: "module", name: "sotto-backup" })
    this.#worker.onmessage = ({ data }: MessageEvent<FromBackup>) => {
      if (data.type === "progress") this.#onProgress(Math.min(data.done / data.of, 1))
      else this.#answered?.(data)
    }
    this.#worker.onerror = () => this.#answered?.({ type: "problem", problem: "failed", about: null })
  }

  /** A file of all that is kept. It counts as a backup only after it was opened again. */
  async make(passphrase: string): Promise<Outcome<{ file: Blob; damaged: number }>> {
    const port = this.#engine(sendBackup)
    return outcome(await this.#ask({ type: "make", passphrase, port }, [port]), "made")
  }

  /** The file that was chosen, or (null) the one that was made. */
  async open(passphrase: string, file: Blob | null): Promise<Outcome<{ backup: OpenedBackup }>> {
    return outcome(await this.#ask({ type: "open", passphrase, file }), "opened")
  }

  /** Puts what was opened in the place of the profile that was never begun; from then on this passphrase opens it. False where it could not be read to its end. */
  async restore(passphrase: string, { head }: OpenedBackup): Promise<boolean> {
    const fresh = await stretched(passphrase, null)
    let restored = Promise.resolve(false)
    const port = this.#engine((other) => (restored = restoreFrom(other, head, fresh)))
    this.#worker.postMessage({ type: "give", port } satisfies ToBackup, [port])
    return restored
  }

  end(): void {
    this.#worker.terminate()
  }

  /** The two workers talk without the page between them. */
  #engine(hand: (port: MessagePort) => unknown): MessagePort {
    const { port1, port2 } = new MessageChannel()
    hand(port1)
    return port2
  }

  #ask(message: ToBackup, ports: Transferable[] = []): Promise<FromBackup> {
    return new Promise((done) => {
      this.#answered = done
      this.#worker.postMessage(message, ports)
    })
  }
}

function outcome<Type extends "made" | "opened">(answer: FromBackup, type: Type): Outcome<Extract<FromBackup, { type: Type }>> {
  if (answer.type === type) return { ok: true, ...(answer as Extract<FromBackup, { type: Type }>) }
  return answer.type === "problem" ? { ok: false, problem: answer.problem, about: answer.about } : { ok: false, problem: "failed", about: null }
}

/** A name that sorts by date and says nothing of whose it is. */
export const fileName = (created: number): string => `sotto-backup-${new Date(created).toISOString().slice(0, 10)}.age`
