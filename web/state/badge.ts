/** How many messages are unread: on the icon of the installed app where the browser can, and in the tab's title everywhere. */
import { ref, watch } from "vue"
import { unreadTotal } from "./lists.ts"
import { state } from "./state.ts"

const KEY = "no-count"

export const isCounted = ref(localStorage.getItem(KEY) === null)

interface Badges {
  setAppBadge?(count: number): Promise<void>
  clearAppBadge?(): Promise<void>
}

/** Behind a locked door there is nothing to count, and the count goes. A tab that waits for its turn has no say: another counts. */
export function startBadge(): void {
  const badges = navigator as unknown as Badges
  watch(
    () => {
      const { status } = state.engine
      if (status === "running" && isCounted.value) return unreadTotal.value
      return status === "running" || status === "locked" ? 0 : null
    },
    (count) => void (count ? badges.setAppBadge?.(count) : badges.clearAppBadge?.())?.catch(() => undefined),
  )
  watch(isCounted, (on) => (on ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, "yes")))
}
