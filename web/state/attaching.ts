/** Files that were chosen for a conversation and not sent yet: in memory only, until somebody has seen what goes and what it costs. */
import { shallowReactive, watch } from "vue"
import { run } from "./engine.ts"
import { state } from "./state.ts"

/** What is to be sent. A name of "" is none. */
export interface Outgoing {
  readonly file: Blob
  readonly name: string
  readonly mediaType: string
  readonly thumbnail: { readonly mediaType: string; readonly bytes: Uint8Array } | null
}

const chosen = shallowReactive(new Map<string, readonly File[]>())

/** Those that wait, the next one first. */
export const chosenIn = (conversation: string): readonly File[] => chosen.get(conversation) ?? []

/** Empty ones are none: nothing can be sent of them. */
export function choose(conversation: string, files: Iterable<File>): void {
  const some = [...files].filter(({ size }) => size > 0)
  if (some.length > 0) chosen.set(conversation, [...chosenIn(conversation), ...some])
}

/** The next one was sent, or is not to be. */
export function next(conversation: string): void {
  const left = chosenIn(conversation).slice(1)
  if (left.length === 0) chosen.delete(conversation)
  else chosen.set(conversation, left)
}

export const chooseNone = (conversation: string): void => void chosen.delete(conversation)

// Behind the locked door nothing of them is in the page.
watch(
  () => state.engine.status,
  (status) => {
    if (status !== "running") chosen.clear()
  },
)

/** Handed over with one command: so long a packet may have to wait. */
const PART = 1 << 17

/** Gives a file to the engine, part by part. Fulfils when it is stored, as a message; rejects where it is not, and then nothing of it is kept. */
export async function send(conversation: string, { file, name, mediaType, thumbnail }: Outgoing, text: string, replyTo: string | null): Promise<void> {
  const { file: id } = await run("attach", { conversation, name, mediaType, size: file.size, text, ...(thumbnail && { thumbnail }), ...(replyTo !== null && { replyTo }) })
  try {
    for (let offset = 0; offset < file.size; offset += PART) {
      const bytes = new Uint8Array(await file.slice(offset, offset + PART).arrayBuffer())
      await run("attach-bytes", { file: id, bytes }, [bytes.buffer])
    }
  } catch (error) {
    await run("drop-attachment", { file: id }).catch(() => undefined)
    throw error
  }
}
