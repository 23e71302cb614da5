/** Whether a backup is due: a device may be lost any day, and everything with it. */
import { computed, ref } from "vue"
import { now } from "./now.ts"
import { state } from "./state.ts"

const DAY = 24 * 60 * 60 * 1000
/** A first backup after a week of somebody to lose, another each month. */
const FIRST = 7 * DAY
const NEXT = 30 * DAY
const LATER = 7 * DAY
const KEY = "backup-later"

/** `none`: there is none, and nothing much to lose yet. */
export const backupAge = computed<"fresh" | "none" | "due">(() => {
  if (state.engine.status !== "running" || state.profile === null) return "fresh"
  const { backedUp } = state.engine
  const since = now.value - (backedUp ?? state.profile.created)
  if (backedUp !== null) return since > NEXT ? "due" : "fresh"
  return state.conversations.size > 0 && since > FIRST ? "due" : "none"
})

const quietUntil = ref(Number(localStorage.getItem(KEY) ?? 0))
export const isBackupAskedFor = computed(() => backupAge.value === "due" && now.value > quietUntil.value)

export function askLater(): void {
  quietUntil.value = now.value + LATER
  localStorage.setItem(KEY, String(quietUntil.value))
}
