/** Looking for texts: answers come piece by piece, and another text ends the search for the one before. */
import { computed, onScopeDispose, shallowRef, watch } from "vue"
import type { CommandOutput, MessageKind, MessageView, SearchMark } from "../../messenger/api.ts"
import { fold } from "../../messenger/folded-text.ts"
import { run } from "./engine.ts"
import { whenGone } from "./found.ts"
import { conversationRows, pendingRows, rowName } from "./lists.ts"
import { state } from "./state.ts"

/** While somebody types, nothing is looked for. */
const PAUSE = 200
const PAGE = 50

/** What was looked for in all conversations last: there again when one comes back from a hit. It goes when the door is shut. */
export const sought = shallowRef("")
export const soughtKind = shallowRef<MessageKind | "all">("all")
watch(
  () => state.engine.status,
  (status) => {
    if (status === "running") return
    sought.value = ""
    soughtKind.value = "all"
  },
)

/** Who and what is called so, in the order of the list. */
export const namedSo = (text: string) =>
  computed(() => {
    const part = fold(text.trim())
    if (part === "") return []
    return [...pendingRows.value, ...conversationRows.value].filter((row) => fold(rowName(row)).includes(part) || fold(row.contact?.theirName ?? "").includes(part))
  })

interface Within {
  readonly conversation?: string
  /** Null: whatever messages bring. */
  readonly kind?: () => MessageKind | null
}

/** The messages with all words of `text`, the latest first: as many as were asked for, in one conversation or in all. */
export function useSearch(text: () => string, { conversation, kind = () => null }: Within = {}) {
  const hits = shallowRef<readonly MessageView[]>([])
  const looking = shallowRef(false)
  /** What is really looked for: it comes behind the pause, and what costs time per text is done with this. */
  const searched = shallowRef("")
  /** Null: all was looked through. */
  const next = shallowRef<SearchMark | null>(null)
  let turn = 0
  let pause: ReturnType<typeof setTimeout> | undefined

  async function look(enough: number): Promise<void> {
    const mine = ++turn
    looking.value = true
    try {
      while (mine === turn && next.value !== null && hits.value.length < enough) {
        const [of, from] = [kind(), next.value]
        const found: CommandOutput<"search"> = await run("search", { text: text(), from, limit: PAGE, ...(of !== null && { kind: of }), ...(conversation !== undefined && { conversation }) })
        if (mine !== turn) return
        hits.value = [...hits.value, ...found.hits]
        next.value = found.next
      }
    } catch {
      // The conversation has gone, or the door was shut. Another search goes on.
      if (mine === turn) next.value = null
    }
    if (mine === turn) looking.value = false
  }

  function begin(): void {
    searched.value = text()
    void look(PAGE)
  }

  watch(
    [text, kind],
    ([wanted, of]) => {
      turn++
      clearTimeout(pause)
      hits.value = []
      const isEmpty = wanted.trim() === "" && of === null
      looking.value = !isEmpty
      next.value = isEmpty ? null : []
      if (isEmpty) searched.value = ""
      else pause = setTimeout(begin, wanted.trim() === "" ? 0 : PAUSE)
    },
    { immediate: true },
  )
  const unwatch = whenGone((id, now) => {
    if (now === null || now.deleted !== undefined) hits.value = hits.value.filter((hit) => hit.id !== id)
    else if (hits.value.some((hit) => hit.id === id)) hits.value = hits.value.map((hit) => (hit.id === id ? now : hit))
  })
  onScopeDispose(() => {
    unwatch()
    turn++
    clearTimeout(pause)
  })
  return { hits, looking, searched, more: computed(() => next.value !== null), goOn: () => look(hits.value.length + PAGE) }
}
