import { verifyWrite } from "../shared/box.ts"
import { sameBytes } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { BoxId, Content, Signature } from "../shared/names.ts"
import type { Reply } from "../shared/request.ts"
import type { Errand, Fate, Trip } from "./courier.ts"

/** A sealed block on its way into its box. The same bytes go out again until a dropbox has answered. */
export interface WriteJob {
  readonly id: string
  readonly box: BoxId
  readonly content: Content
  readonly signature: Signature
  readonly place: () => NodeEntry | null
  readonly sent?: (trip: Trip) => Promise<void>
  readonly stored: (trip: Trip) => Promise<void>
  /** The box holds other bytes, signed with its key: more than the dropbox's word. */
  readonly taken: (reply: Reply, trip: Trip) => Promise<void>
}

interface State {
  readonly job: WriteJob
  /** A request is under way: one per box at a time. */
  alive: boolean
  /** Requests that were lost. */
  losses: number
}

/** All writes that wait, in the order in which they came or failed last. */
export class Writes {
  readonly #jobs = new Map<string, State>()

  add(job: WriteJob): void {
    this.#jobs.set(job.id, { job, alive: false, losses: 0 })
  }

  remove(id: string): void {
    this.#jobs.delete(id)
  }

  /** Something can go out now. What has no dropbox, since the directory lists it no more, holds nobody up. */
  get waiting(): boolean {
    for (const { job, alive } of this.#jobs.values()) if (!alive && job.place() !== null) return true
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
        fate: this.#fate(state),
      }
    }
    return null
  }

  #fate(state: State): Fate {
    const { job } = state
    // Given up, and perhaps sent again since: what comes now says nothing of the request that is under way.
    let late = false
    return {
      sent: async (trip) => job.sent?.(trip),
      replied: async (reply, trip) => {
        if (!late) state.alive = false
        const taken = reply.status === "taken" && (await this.#isOther(job, reply))
        if (this.#jobs.get(job.id) !== state) return
        if (reply.status === "stored" || taken) {
          this.#jobs.delete(job.id)
          await (taken ? job.taken(reply, trip) : job.stored(trip))
        } else if (!late) {
          // Refused, as there was no room, or no honest answer.
          this.#behind(state)
        }
      },
      lost: () => {
        late = true
        state.alive = false
        // A packet gets lost now and then, and what it carried is repeated first; again and again means that the dropbox is down.
        if (++state.losses > 1) this.#behind(state)
      },
    }
  }

  /** It goes out again behind the others: those for a dropbox that is down must not hold up the rest. */
  #behind(state: State): void {
    const { id } = state.job
    if (this.#jobs.get(id) !== state) return
    this.#jobs.delete(id)
    this.#jobs.set(id, state)
  }

  async #isOther(job: WriteJob, { content, signature }: Reply): Promise<boolean> {
    return !sameBytes(content, job.content) && (await verifyWrite(job.box, content, signature))
  }
}
