import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { BoxId, Content, Signature } from "../shared/names.ts"
import type { Reply } from "../shared/request.ts"
import type { Errand, Trip } from "./courier.ts"

/** A sealed block on its way into its box. The same bytes go out again until a dropbox has answered. */
export interface WriteJob {
  readonly id: string
  readonly box: BoxId
  readonly content: Content
  readonly signature: Signature
  readonly place: () => NodeEntry | null
  readonly sent?: (trip: Trip) => Promise<void>
  readonly stored: (trip: Trip) => Promise<void>
  /** The box holds other bytes. */
  readonly taken: (reply: Reply, trip: Trip) => Promise<void>
}

/** All writes that wait, in the order in which they came; one request per box is under way at a time. */
export class Writes {
  readonly #jobs = new Map<string, { readonly job: WriteJob; alive: boolean }>()

  add(job: WriteJob): void {
    this.#jobs.set(job.id, { job, alive: false })
  }

  remove(id: string): void {
    this.#jobs.delete(id)
  }

  get waiting(): boolean {
    for (const { alive } of this.#jobs.values()) if (!alive) return true
    return false
  }

  /** Jobs whose id begins so, under way or waiting: what a conversation has in flight. */
  count(prefix: string): number {
    let count = 0
    for (const id of this.#jobs.keys()) if (id.startsWith(prefix)) count++
    return count
  }

  next(): Errand | null {
    for (const state of this.#jobs.values()) {
      if (state.alive) continue
      const { job } = state
      const dropbox = job.place()
      if (dropbox === null) continue
      state.alive = true
      return {
        carried: "write",
        operation: "write",
        hold: 0,
        box: job.box,
        dropbox,
        signature: job.signature,
        content: job.content,
        fate: {
          sent: async (trip) => job.sent?.(trip),
          replied: async (reply, trip) => {
            state.alive = false
            if (this.#jobs.get(job.id) !== state) return
            if (reply.status === "stored") {
              this.#jobs.delete(job.id)
              await job.stored(trip)
            } else if (reply.status === "taken") {
              this.#jobs.delete(job.id)
              await job.taken(reply, trip)
            }
            // Refused: there was no room; it goes out again in a later slot.
          },
          lost: () => {
            state.alive = false
          },
        },
      }
    }
    return null
  }
}
