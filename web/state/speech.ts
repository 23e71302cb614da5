/** Whether what is added to the list of messages is read aloud: only what arrives while one reads along, never pages that were fetched. */
import { computed, onScopeDispose, shallowRef, watch } from "vue"
import type { ComputedRef } from "vue"

/** Browsers tell screen readers of a change some time after it: so long a page that was fetched is not news. */
const WORKED_THROUGH = 1000

export function useSpeech(isLoading: () => boolean, readsAlong: () => boolean): ComputedRef<"off" | "polite"> {
  const fresh = shallowRef(true)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    isLoading,
    (loading) => {
      clearTimeout(timer)
      if (loading) fresh.value = true
      else timer = setTimeout(() => (fresh.value = false), WORKED_THROUGH)
    },
    // At once: the page is drawn in the same moment.
    { immediate: true, flush: "sync" },
  )
  onScopeDispose(() => clearTimeout(timer))
  return computed(() => (fresh.value || !readsAlong() ? "off" : "polite"))
}
