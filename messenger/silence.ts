import { toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { SILENT_AFTER, SILENT_LOSSES } from "./timing.ts"

/**
 * Dropboxes that answer nothing any more. Requests get lost now and then, and who drops some must not be able to steer where clients
 * read: only where everything failed for a while, and many times, is a dropbox taken for dead. Cover goes on being sent to it, and its
 * first answer ends that.
 */
export class Silence {
  readonly #losses = new Map<string, { count: number; readonly since: number }>()

  /** A request that was to be answered at once was not. */
  lost(dropbox: NodeEntry, now: number): void {
    const name = toHex(dropbox.id)
    const known = this.#losses.get(name)
    if (known === undefined) this.#losses.set(name, { count: 1, since: now })
    else known.count++
  }

  heard(dropbox: NodeEntry): void {
    this.#losses.delete(toHex(dropbox.id))
  }

  /** Without a session nobody is heard. */
  forget(): void {
    this.#losses.clear()
  }

  isSilent(dropbox: NodeEntry, now: number): boolean {
    const losses = this.#losses.get(toHex(dropbox.id))
    return losses !== undefined && losses.count >= SILENT_LOSSES && now - losses.since >= SILENT_AFTER
  }
}
