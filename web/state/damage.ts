import { computed } from "vue"
import { state } from "./state.ts"

/** What a user has a word for; everything else is kept for the engine's own use. */
export const KINDS = ["contact", "conversation", "message", "draft", "other"] as const
export type DamagedKind = (typeof KINDS)[number]

/** Records that were found to be unreadable, by kind, in the order of what they mean to somebody. */
export const damage = computed(() => {
  const counts = new Map<DamagedKind, number>()
  for (const [kind, count] of state.engine.status === "running" ? state.engine.damage : []) {
    const known = KINDS.find((one) => one === kind) ?? "other"
    counts.set(known, (counts.get(known) ?? 0) + count)
  }
  return KINDS.flatMap((kind) => (counts.has(kind) ? [{ kind, count: counts.get(kind)! }] : []))
})
