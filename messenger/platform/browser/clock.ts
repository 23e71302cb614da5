import type { Random } from "../../../shared/random.ts"
import type { Clock } from "../../ports.ts"

/** The longest single timer. The device may sleep meanwhile, which its timers do not count but its clock does. */
const LONGEST_STEP = 10_000

export const clock: Clock = {
  now: () => Date.now(),
  at(time, wake) {
    let timer: ReturnType<typeof setTimeout>
    const step = () => {
      const left = time - Date.now()
      // What `wake` throws or rejects with reaches the worker's own listeners for errors.
      if (left <= 0) void wake()
      else timer = setTimeout(step, Math.min(left, LONGEST_STEP))
    }
    // Never from within at(): whoever asks is in the middle of something.
    timer = setTimeout(step, Math.min(Math.max(time - Date.now(), 0), LONGEST_STEP))
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
