import { computed, shallowRef, watchEffect } from "vue"
import type { LinkState } from "../../messenger/network-view.ts"
import { state } from "./state.ts"

/** "behind": connected, but not all boxes have been looked at since. New boxes come all the time; only the first round is news. */
const caughtUp = shallowRef(false)
watchEffect(() => {
  if (state.network?.link !== "online") caughtUp.value = false
  else if (state.network.behind === 0) caughtUp.value = true
})

export const link = computed<LinkState | "behind">(() => {
  const now = state.network?.link ?? "connecting"
  return now === "online" && !caughtUp.value ? "behind" : now
})

/** Messages of others that catching up has brought so far; 0 when it is done. */
export const cameSoFar = computed(() => (link.value === "behind" ? (state.network?.came ?? 0) : 0))
