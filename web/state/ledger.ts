/** What the privacy ledger shows: the engine's records of the last minutes. */
import { onBeforeUnmount, onMounted, shallowRef, watch } from "vue"
import type { RecentPacket } from "../../messenger/network-view.ts"
import { run } from "./engine.ts"

/** Calm: the picture changes no more often. */
const EVERY = 3000

/** The packets of the last minutes, newest first, and when they were asked for; as they were, while `held`. */
export function useRecords() {
  const packets = shallowRef<readonly RecentPacket[] | null>(null)
  const at = shallowRef(Date.now())
  const held = shallowRef(false)
  let timer: ReturnType<typeof setInterval> | undefined

  async function look(): Promise<void> {
    if (held.value || document.hidden) return
    const found = await run("packets", {}).catch(() => null)
    if (found === null || held.value) return
    packets.value = found.packets
    at.value = Date.now()
  }
  onMounted(() => {
    void look()
    timer = setInterval(() => void look(), EVERY)
  })
  onBeforeUnmount(() => clearInterval(timer))
  watch(held, (isHeld) => {
    if (!isHeld) void look()
  })
  return { packets, at, held }
}
