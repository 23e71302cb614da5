import type { Clock } from "../../ports.ts"

/** The longest single timer. The computer may sleep meanwhile, which its timers do not count but its clock does. */
const LONGEST = 10_000

export const systemClock: Clock = {
  now: () => Date.now(),
  at(time, wake) {
    let timer: NodeJS.Timeout | null = null
    const arm = () => {
      const left = time - Date.now()
      // A rejection of `wake` is a bug of ours: it ends the process as an unhandled one.
      if (left <= 0) void wake()
      else timer = setTimeout(arm, Math.min(left, LONGEST))
    }
    // Never from within at(): whoever asks is in the middle of something.
    timer = setTimeout(arm, Math.min(Math.max(time - Date.now(), 0), LONGEST))
    return () => {
      if (timer !== null) clearTimeout(timer)
    }
  },
}
