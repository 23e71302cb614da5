import { ADMISSION_MAX } from "../../directory/admission.ts"
import * as geometry from "../../geometry.ts"
import { boundedBody } from "./http.ts"

export interface BodyLimits {
  /** Of one body. */
  readonly length: number
  /** Of all in memory, still arriving or waiting to be worked on. */
  readonly bytes: number
  /** Bodies that may be arriving at once. */
  readonly arriving: number
}

export const linkBodies: BodyLimits = { length: geometry.LINK_BODY_MAX, bytes: 18 << 20, arriving: 512 }
export const admissionBodies: BodyLimits = { length: ADMISSION_MAX, bytes: 64 << 10, arriving: 64 }
export const directoryBodies: BodyLimits = { length: geometry.DIRECTORY_MAX, bytes: 4 << 20, arriving: 64 }

interface Arrival {
  bytes: number
  cancel: () => void
}

/**
 * The bodies of requests that anybody may send. Where there is no room, the one that has been arriving for longest has to go: those of
 * neighbours are here in milliseconds, and whoever sends a byte now and then must not keep them out.
 */
export class Bodies {
  readonly #limits: BodyLimits
  readonly #refuse: (reason: "length" | "full") => void
  readonly #arriving = new Set<Arrival>()
  #bytes = 0

  constructor(limits: BodyLimits, refuse: (reason: "length" | "full") => void) {
    this.#limits = limits
    this.#refuse = refuse
  }

  /** The whole body, to be given back with `done`; null where it is too long, too slow, or had to go, which is counted. */
  async read(request: Request): Promise<Uint8Array | null> {
    const arrival: Arrival = { bytes: 0, cancel: () => undefined }
    this.#arriving.add(arrival)
    this.#makeRoom()
    const body = await boundedBody(request, this.#limits.length, {
      begun: (cancel) => {
        arrival.cancel = cancel
      },
      arrived: (length) => {
        arrival.bytes += length
        this.#bytes += length
        this.#makeRoom()
      },
    }).catch(() => null)
    // Else it had to go.
    if (!this.#arriving.delete(arrival)) return null
    if (body === null) {
      this.#bytes -= arrival.bytes
      this.#refuse("length")
    }
    return body
  }

  /** A body that was read is not needed any more. */
  done(body: Uint8Array): void {
    this.#bytes -= body.length
  }

  #makeRoom(): void {
    for (const oldest of this.#arriving) {
      if (this.#bytes <= this.#limits.bytes && this.#arriving.size <= this.#limits.arriving) return
      this.#arriving.delete(oldest)
      this.#bytes -= oldest.bytes
      oldest.cancel()
      this.#refuse("full")
    }
  }
}
