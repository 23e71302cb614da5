import { readonly, shallowRef } from "vue"

const time = shallowRef(Date.now())

/** The time, once a second while somebody can see it. */
export const now = readonly(time)

let timer: ReturnType<typeof setInterval> | undefined
function tick(): void {
  clearInterval(timer)
  time.value = Date.now()
  if (!document.hidden) timer = setInterval(() => (time.value = Date.now()), 1000)
}

export function startClock(): void {
  document.addEventListener("visibilitychange", tick)
  tick()
}
