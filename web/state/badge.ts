/** How many messages are unread: on the icon of the installed app where the browser can, and in the tab's title everywhere. */
import { ref, watch } from "vue"
import { unreadTotal } from "./lists.ts"

const KEY = "no-count"

export const isCounted = ref(localStorage.getItem(KEY) === null)

interface Badges {
  setAppBadge?(count: number): Promise<void>
  clearAppBadge?(): Promise<void>
}

/** Behind a locked door there is nothing to count, and the count goes. */
export function startBadge(): void {
  const badges = navigator as unknown as Badges
  watch(
    () => (isCounted.value ? unreadTotal.value : 0),
    (count) => void (count > 0 ? badges.setAppBadge?.(count) : badges.clearAppBadge?.())?.catch(() => undefined),
    { immediate: true },
  )
  watch(isCounted, (on) => (on ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, "yes")))
}
