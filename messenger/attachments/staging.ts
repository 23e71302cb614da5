import { sha256 } from "@noble/hashes/sha2.js"
import { concat, toHex } from "../../shared/bytes.ts"
import { CommandError } from "../api.ts"
import type { Attachment } from "../content/attachment.ts"
import { STAGED_MOST, TAKEN_AT_ONCE } from "./limits.ts"
import type { Layout } from "./layout.ts"
import { boxOf, layoutOf, PIECE_LENGTH } from "./layout.ts"
import type { TransferParts } from "./transfer.ts"

/** What the message says beside what follows from the bytes. */
export interface Staged {
  readonly conversation: string
  readonly file: Pick<Attachment, "name" | "mediaType" | "size" | "thumbnail">
  readonly text: string
  readonly replyTo: string | null
}

interface Stage extends Staged {
  readonly layout: Layout
  readonly hash: ReturnType<typeof sha256.create>
  taken: number
  /** What does not fill a piece yet. */
  rest: Uint8Array
}

/** Files that are being handed over: a part with each command, so that no packet waits for all of one. */
export class Staging {
  readonly #parts: TransferParts
  readonly #stages = new Map<string, Stage>()

  constructor(parts: TransferParts) {
    this.#parts = parts
  }

  begin(staged: Staged): string {
    const { pieces, conversations } = this.#parts
    const id = toHex(conversations.parts.random(16))
    const layout = layoutOf(staged.file.size)
    const [oldest] = this.#stages.keys()
    if (this.#stages.size >= STAGED_MOST) this.drop(oldest!)
    this.#stages.set(id, { ...staged, layout, hash: sha256.create(), taken: 0, rest: new Uint8Array(0) })
    // Nothing of it is left where the messenger stops before it is whole.
    pieces.markErasing(id, layout.boxes)
    return id
  }

  /** The whole, with its hash, as soon as it is there. */
  add(id: string, bytes: Uint8Array): { readonly staged: Staged; readonly hash: Uint8Array } | null {
    const stage = this.#get(id)
    const { layout, hash } = stage
    const { size } = stage.file
    if (bytes.length === 0 || bytes.length > TAKEN_AT_ONCE || stage.taken + bytes.length > size) throw new CommandError(`a file is handed over in parts of 1 to ${TAKEN_AT_ONCE} bytes, as many in all as were said`)
    hash.update(bytes)
    let all = concat(stage.rest, bytes)
    let piece = Math.floor(stage.taken / PIECE_LENGTH)
    stage.taken += bytes.length
    const isWhole = stage.taken === size
    if (isWhole) all = concat(all, new Uint8Array(layout.pieces * PIECE_LENGTH - size))
    let at = 0
    for (; at + PIECE_LENGTH <= all.length; at += PIECE_LENGTH) this.#parts.pieces.put(id, boxOf(layout, piece++), all.slice(at, at + PIECE_LENGTH))
    stage.rest = all.slice(at)
    if (!isWhole) return null
    this.#stages.delete(id)
    this.#parts.pieces.unmarkErasing(id)
    return { staged: stage, hash: hash.digest() }
  }

  drop(id: string): void {
    this.#parts.pieces.erase(id, this.#get(id).layout.boxes)
    this.#stages.delete(id)
  }

  #get(id: string): Stage {
    const stage = this.#stages.get(id)
    if (stage === undefined) throw new CommandError("there is no file of this id that is being handed over")
    return stage
  }
}
