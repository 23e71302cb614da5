import { sameBytes } from "../shared/bytes.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { DirectoryHistory } from "./history.ts"
import type { StoredSaid } from "./stored-conversation.ts"
import { DIRECTORY_MEMORY } from "./timing.ts"

/** Of each conversation so many epochs are kept that this device does not know, or not yet. */
const SAID_MOST = 32

/** Compares the directories that contacts say they use with our own: at once, or when we learn that epoch. */
export class Comparing {
  readonly #conversations: Conversations
  readonly #history: DirectoryHistory
  readonly #now: () => number
  readonly #differs: (conversation: string, epoch: number) => void

  constructor(conversations: Conversations, history: DirectoryHistory, now: () => number, differs: (conversation: string, epoch: number) => void) {
    this.#conversations = conversations
    this.#history = history
    this.#now = now
    this.#differs = differs
  }

  /** A message said which directory its sender used; epoch 0: none. */
  said(talk: Talk, epoch: number, prefix: Uint8Array): void {
    if (epoch === 0) return
    const result = this.#history.compare(epoch, prefix)
    if (result === "other") this.#differs(talk.stored.id, epoch)
    if (result !== "unknown") return
    const said = talk.stored.said ?? []
    if (said.some((one) => one.epoch === epoch && sameBytes(one.prefix, prefix))) return
    this.#save(talk, [...said, { epoch, prefix, at: this.#now() }].slice(-SAID_MOST))
  }

  /** An epoch was learnt: what was said of it before can be compared now. */
  learnt(epoch: number): void {
    const oldest = this.#now() - DIRECTORY_MEMORY
    for (const talk of this.#conversations.talks.values()) {
      const said = talk.stored.said ?? []
      const left = said.filter((one) => one.epoch !== epoch && one.at > oldest)
      if (left.length === said.length) continue
      this.#save(talk, left)
      if (said.some((one) => one.epoch === epoch && this.#history.compare(epoch, one.prefix) === "other")) this.#differs(talk.stored.id, epoch)
    }
  }

  #save(talk: Talk, said: readonly StoredSaid[]): void {
    this.#conversations.save(talk, { ...talk.stored, said })
  }
}
