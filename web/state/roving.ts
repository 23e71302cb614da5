/** Arrow keys walk through the messages, Home and End to the ends of the whole conversation; only one of them is a stop of the Tab key. */
import { computed, nextTick, shallowRef } from "vue"
import type { Ref } from "vue"
import type { Scrolling } from "./scrolling.ts"
import type { Move } from "./thread.ts"
import type { Thread } from "./thread-window.ts"

export function useRoving(inside: Readonly<Ref<HTMLElement | null>>, thread: () => Thread, load: (to: Move) => Promise<void>, { topmost }: Scrolling) {
  const focused = shallowRef<string | null>(null)
  const tabStop = computed(() => {
    const { messages } = thread()
    return messages.some(({ id }) => id === focused.value) ? focused.value : (messages.at(-1)?.id ?? null)
  })
  const all = () => [...(inside.value?.querySelectorAll<HTMLElement>("article") ?? [])]

  async function step(from: HTMLElement, by: 1 | -1): Promise<void> {
    if (!neighbour(from, by)) await load(by < 0 ? "older" : "newer")
    await nextTick()
    neighbour(from, by)?.focus()
  }

  function neighbour(from: HTMLElement, by: 1 | -1): HTMLElement | undefined {
    const articles = all()
    return articles[articles.indexOf(from) + by]
  }

  async function toEdge(edge: "first" | "latest"): Promise<void> {
    const { more, newer } = thread()
    if (edge === "first" ? more : newer) await load(edge)
    await nextTick()
    all().at(edge === "first" ? 0 : -1)?.focus()
  }

  function onKey(event: KeyboardEvent): void {
    const at = document.activeElement as HTMLElement | null
    const current = at?.tagName === "ARTICLE" ? at : null
    const isList = at?.getAttribute("role") === "log"
    if (event.altKey || event.ctrlKey || event.metaKey || (current === null && !isList)) return
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] as 1 | -1 | undefined
    if (by !== undefined) void (current ? step(current, by) : topmost()?.focus())
    else if (event.key === "Home" || event.key === "End") void toEdge(event.key === "Home" ? "first" : "latest")
    else return
    event.preventDefault()
  }

  return { tabStop, onKey, noteFocus: (id: string) => (focused.value = id) }
}
