/** A long list grows on the page piece by piece: what can be pressed is there first, and no press waits for the end of the list. */
import { computed, onScopeDispose, shallowRef, watchEffect } from "vue"

/** So many more behind each frame: no task of it is a long one, on a slow device either. */
const STEP = 8

/** ms, at most, until the next piece comes where something else is always to be done. */
const LATEST = 300

/** WebKit knows of no idle time. */
const whenIdle = (work: () => void): void => void ("requestIdleCallback" in globalThis ? requestIdleCallback(work, { timeout: LATEST }) : setTimeout(work))

/** `first`: as many as a screen holds. */
export function useGradual<T>(all: () => readonly T[], first: number) {
  const most = shallowRef(first)
  let frame = 0
  // Behind the frame, and behind whatever was pressed meanwhile: what comes is out of sight.
  const grow = () => whenIdle(() => (most.value += STEP))
  watchEffect(() => {
    if (all().length > most.value) frame = requestAnimationFrame(grow)
  })
  onScopeDispose(() => cancelAnimationFrame(frame))
  return computed(() => all().slice(0, most.value))
}
