/** A long list grows on the page piece by piece: what can be pressed is there first, and no press waits for the end of the list. */
import { computed, onScopeDispose, shallowRef, watchEffect } from "vue"

/** So many more behind each frame: no task of it is a long one, on a slow device either. */
const STEP = 8

/** `first`: as many as a screen holds. */
export function useGradual<T>(all: () => readonly T[], first: number) {
  const most = shallowRef(first)
  let frame = 0
  // With the frame, and behind whatever was pressed meanwhile.
  const grow = () => setTimeout(() => (most.value += STEP))
  watchEffect(() => {
    if (all().length > most.value) frame = requestAnimationFrame(grow)
  })
  onScopeDispose(() => cancelAnimationFrame(frame))
  return computed(() => all().slice(0, most.value))
}
