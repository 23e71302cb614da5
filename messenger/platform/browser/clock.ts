import type { Random } from "../../../shared/random.ts"
import type { Clock } from "../../ports.ts"

/** setTimeout takes 31 bits of milliseconds; longer waits are taken in steps. Steps also notice that the device slept. */
const LONGEST_STEP = 60 * 60 * 1000

export const clock: Clock = {
  now: () => Date.now(),
  at(time, wake) {
    let timer: ReturnType<typeof setTimeout>
    const step = () => {
      const left = time - Date.now()
      // What `wake` throws or rejects with reaches the worker's own listeners for errors.
      timer = left > 0 ? setTimeout(step, Math.min(left, LONGEST_STEP)) : setTimeout(() => void wake())
    }
    step()
    return () => clearTimeout(timer)
  },
}

/** getRandomValues gives at most this many bytes at once. */
const MOST = 65_536

export const random: Random = (length) => {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += MOST) crypto.getRandomValues(bytes.subarray(at, at + MOST))
  return bytes
}
