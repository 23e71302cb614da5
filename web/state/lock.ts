/** Locks by itself: after a while without a touch, and on leaving, as the user has chosen. */
import { ref, watch } from "vue"
import { lock } from "./engine.ts"
import { state } from "./state.ts"

export const MINUTES = [1, 5, 15, 30, 60, 0] as const
const KEY = "lock-after"
const HIDE = "lock-on-hide"
/** How often it is looked at; hidden tabs are woken once a minute at best. */
const LOOK = 5_000

const kept = Number(localStorage.getItem(KEY) ?? 15)
/** Minutes; 0 for never. */
export const lockAfter = ref<number>(MINUTES.find((one) => one === kept) ?? 15)
export const lockOnHide = ref(localStorage.getItem(HIDE) === "yes")
watch(lockAfter, (minutes) => localStorage.setItem(KEY, String(minutes)))
watch(lockOnHide, (on) => localStorage.setItem(HIDE, on ? "yes" : "no"))

/** How much is under way that a lock would end. Only the clock waits for it: who locks, or leaves, means it. */
let held = 0

export async function holdLock<T>(work: Promise<T>): Promise<T> {
  held++
  try {
    return await work
  } finally {
    held--
    touched = Date.now()
  }
}

let touched = Date.now()
const canLock = () => state.engine.status === "running" && state.engine.isProtected

export function startAutoLock(): void {
  for (const event of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(event, () => (touched = Date.now()), { passive: true, capture: true })
  watch(() => state.engine.status, () => (touched = Date.now()))
  setInterval(() => {
    if (held === 0 && lockAfter.value > 0 && Date.now() - touched > lockAfter.value * 60_000 && canLock()) lock()
  }, LOOK)
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && lockOnHide.value && canLock()) lock()
  })
}
