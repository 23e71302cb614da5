/** Keeps the shown part of a conversation while a component shows it, and moves it. */
import { computed, nextTick, onScopeDispose, shallowRef } from "vue"
import { run } from "./engine.ts"
import { apply, state } from "./state.ts"
import { NO_THREAD } from "./thread-window.ts"
import type { Page } from "./thread-window.ts"

/** What is fetched at a time while one scrolls: so few that drawing them takes less than a frame may. */
const PAGE = 12
const AROUND = 20
const UNREAD_MOST = 90

/** Where the held part is moved to: the next ones in a direction, an end, or around a position. */
export type Move = "older" | "newer" | "first" | "latest" | number

export function useThread(conversation: string, unread: number, at: number | null) {
  const thread = computed(() => state.threads.get(conversation) ?? NO_THREAD)
  const loading = shallowRef(false)
  let turn = Promise.resolve()

  const ask = (input: { before?: number; after?: number; limit: number }) => run("messages", { conversation, ...input })

  async function fetched(to: Move): Promise<Page | null> {
    const { messages, more, newer } = thread.value
    const [first, last] = [messages[0], messages.at(-1)]
    if (to === "older") return first && more ? { at: "older", ...(await ask({ before: first.position, limit: PAGE })) } : null
    if (to === "newer") {
      const page = last && newer ? await ask({ after: last.position, limit: PAGE }) : null
      return page && { at: "newer", messages: page.messages, newer: page.more }
    }
    // Up to the first that is new, and some before it.
    if (to === "latest") return { at: "latest", ...(await ask({ limit: Math.min(UNREAD_MOST, unread + AROUND) })) }
    const position = to === "first" ? 0 : to
    const [before, behind] = await Promise.all([ask({ before: position, limit: AROUND }), ask({ after: position - 1, limit: AROUND })])
    return { at: "place", messages: [...before.messages, ...behind.messages], more: before.more, newer: behind.more }
  }

  /** One after the other: a page belongs to what was there when it was asked for. Done when it is drawn. */
  function load(to: Move): Promise<void> {
    const done = turn.then(async () => {
      loading.value = true
      try {
        const page = await fetched(to)
        if (page !== null) apply({ type: "page", conversation, page })
        await nextTick()
      } finally {
        loading.value = false
      }
    })
    turn = done.catch(() => undefined)
    return done
  }

  // Open from now on, so that nothing that arrives while the first page is fetched is missed.
  apply({ type: "thread-opened", conversation })
  // Refused where the conversation has just gone; a mistake of the engine's is shown by itself.
  load(at ?? "latest").catch(() => undefined)
  onScopeDispose(() => apply({ type: "thread-closed", conversation }))
  return { thread, loading, load }
}
