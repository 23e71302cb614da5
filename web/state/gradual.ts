/** A long list grows on the page piece by piece: what can be pressed is there first, and no press waits for the end of the list. */
import { computed, onScopeDispose, shallowRef, watchEffect } from "vue"

/** More than a screen holds. */
const FIRST = 30
/** So many more behind each frame. */
const STEP = 30

export function useGradual<T>(all: () => readonly T[]) {
  const most = shallowRef(FIRST)
  let frame = 0
  // With the frame, and behind whatever was pressed meanwhile.
  const grow = () => setTimeout(() => (most.value += STEP))
  watchEffect(() => {
    if (all().length > most.value) frame = requestAnimationFrame(grow)
  })
  onScopeDispose(() => cancelAnimationFrame(frame))
  return computed(() => all().slice(0, most.value))
}
