/** Keeps the shown part of a conversation while a component shows it. */
import { computed, onScopeDispose, shallowRef } from "vue"
import { run } from "./engine.ts"
import { apply, state } from "./state.ts"
import type { Thread } from "./state.ts"

const PAGE = 50
const NOTHING: Thread = { messages: [], more: false, loaded: false }

export function useThread(conversation: string) {
  const thread = computed(() => state.threads.get(conversation) ?? NOTHING)
  const loading = shallowRef(false)

  async function load(before?: number): Promise<void> {
    loading.value = true
    try {
      const { messages, more } = await run("messages", { conversation, limit: PAGE, ...(before === undefined ? {} : { before }) })
      apply({ type: "page", conversation, messages, more })
    } finally {
      loading.value = false
    }
  }

  async function older(): Promise<void> {
    const first = thread.value.messages[0]
    if (first && thread.value.more && !loading.value) await load(first.position)
  }

  // Open from now on, so that nothing that arrives while the first page is fetched is missed.
  apply({ type: "thread-opened", conversation })
  // Refused where the conversation has just gone; a mistake of the engine's is shown by itself.
  load().catch(() => undefined)
  onScopeDispose(() => apply({ type: "thread-closed", conversation }))
  return { thread, loading, older }
}
