/**
 * What another app has shared into this one. It is in memory only until somebody says which conversation it is for: the worker hands it over and forgets it, and
 * nothing of it lies in a cache or a database, where it would be in the clear.
 */
import { shallowRef, watch } from "vue"
import { choose } from "./attaching.ts"
import { draftWritten, keepDraft } from "./drafts.ts"
import { route } from "./route.ts"
import { state } from "./state.ts"
import { askWorker } from "./update.ts"

export const sharedText = shallowRef<string | null>(null)
export const sharedFiles = shallowRef<readonly File[]>([])
// It waits at a door that has not been opened yet, and goes when the door is shut.
watch(
  () => state.engine.status,
  (_, before) => {
    if (before === "running") dropShared()
  },
)

export async function takeShared(): Promise<void> {
  if (route.value.page !== "share") return
  const [text, files] = await Promise.all([askWorker<string>({ type: "shared" }), askWorker<readonly File[]>({ type: "shared-files" })])
  sharedText.value = text
  // A worker of before knows of none, and does not answer.
  sharedFiles.value = files ?? []
}

export function dropShared(): void {
  sharedText.value = null
  sharedFiles.value = []
}

/** Behind what is being written there already; of files it is shown what goes and what it costs. Nothing is sent before the user sends it. */
export function putInto(conversation: string): void {
  const { text: before, mentions } = draftWritten(conversation)
  const text = [before.trimEnd(), sharedText.value ?? ""].filter((part) => part !== "").join("\n")
  keepDraft(conversation, { text, mentions })
  choose(conversation, sharedFiles.value)
  dropShared()
}
