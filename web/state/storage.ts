/** What the browser has promised about keeping our data, and whether it was kept. */
import { computed, ref, shallowRef, watch } from "vue"
import { now } from "./now.ts"
import { state } from "./state.ts"

/**
 * Says that there was a profile in this browser. It lies outside of IndexedDB, and so often outlives what a browser deletes there when it runs
 * short of room or finds its files damaged. Where a browser deletes all of a site at once nothing can tell that from a first visit.
 */
const MARK = "profile"

/** There was a profile, and it is gone, though nobody erased it here. */
export const isLost = shallowRef(false)

export function startMark(): void {
  watch(
    () => [state.engine.status, state.profile] as const,
    ([status, profile]) => {
      if (status !== "running") return
      if (profile !== null) localStorage.setItem(MARK, "yes")
      isLost.value = profile === null && localStorage.getItem(MARK) !== null
    },
  )
}

/** Whether the browser keeps our data until the user deletes it; null where it cannot be asked. */
export const isKept = shallowRef<boolean | null>(null)
/** Bytes. */
export const usage = shallowRef<{ used: number; room: number } | null>(null)

export async function lookAtStorage(): Promise<void> {
  isKept.value = (await navigator.storage?.persisted?.()) ?? null
  const { usage: used, quota } = (await navigator.storage?.estimate?.()) ?? {}
  usage.value = used === undefined || quota === undefined ? null : { used, room: Math.max(quota - used, 0) }
}

/** Somebody whom one would lose is there, and the browser has not promised to keep what is here. */
export const isAtRisk = computed(() => isKept.value === false && state.contacts.size > 0 && now.value > quietUntil.value)

const LATER = "keep-later"
const QUIET = 30 * 24 * 60 * 60 * 1000
const quietUntil = ref(Number(localStorage.getItem(LATER) ?? 0))

export function askToKeepLater(): void {
  quietUntil.value = now.value + QUIET
  localStorage.setItem(LATER, String(quietUntil.value))
}

/** The browser is asked when there is first something to lose: a contact. */
export function startKeeping(): void {
  watch(
    () => (state.engine.status === "running" ? state.contacts.size : null),
    (contacts, before) => {
      if (contacts === null) return
      if (before === 0 && contacts > 0) void askToKeep()
      else if (before === undefined || before === null) void lookAtStorage()
    },
  )
}

/** Some browsers ask their user, others decide by how the site is used: asked when there is something to lose. */
export async function askToKeep(): Promise<void> {
  isKept.value = (await navigator.storage?.persist?.()) ?? null
}
