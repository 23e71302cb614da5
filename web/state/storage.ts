/** What the browser has promised about keeping our data, and whether it was kept. */
import { shallowRef, watch } from "vue"
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

/** Some browsers ask their user, others decide by how the site is used: asked when there is something to lose. */
export async function askToKeep(): Promise<void> {
  isKept.value = (await navigator.storage?.persist?.()) ?? null
}
