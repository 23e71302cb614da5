/** A text that another app has shared into this one. It is in memory only until somebody says which conversation it is for. */
import { shallowRef, watch } from "vue"
import { draftWritten, keepDraft } from "./drafts.ts"
import { route } from "./route.ts"
import { state } from "./state.ts"
import { askWorker } from "./update.ts"

export const sharedText = shallowRef<string | null>(null)
// It waits at a door that has not been opened yet, and goes when the door is shut.
watch(
  () => state.engine.status,
  (_, before) => {
    if (before === "running") sharedText.value = null
  },
)

export async function takeShared(): Promise<void> {
  if (route.value.page === "share") sharedText.value = await askWorker<string>({ type: "shared" })
}

/** Behind what is being written there already. It is sent only when the user sends it. */
export function putInto(conversation: string): void {
  const { text: before, mentions } = draftWritten(conversation)
  const text = [before.trimEnd(), sharedText.value ?? ""].filter((part) => part !== "").join("\n")
  keepDraft(conversation, { text, mentions })
  sharedText.value = null
}
