/** What files of a size cost in this network: asked for once, for the same size costs the same as long as the network is the same. */
import { computed, shallowReactive, watch } from "vue"
import type { ComputedRef } from "vue"
import type { FileCost } from "../../messenger/api.ts"
import { run } from "./engine.ts"
import { state } from "./state.ts"

const known = shallowReactive(new Map<number, FileCost>())
watch(
  () => state.network?.directoryEpoch,
  () => known.clear(),
)

/** Null until it is known. */
export function useCost(size: () => number | null): ComputedRef<FileCost | null> {
  return computed(() => {
    const bytes = size()
    if (bytes === null || bytes < 1) return null
    const cost = known.get(bytes)
    if (cost === undefined) void run("attachment-cost", { size: bytes }).then((answer) => known.set(bytes, answer), () => undefined)
    return cost ?? null
  })
}

export const speedNow = () => state.profile?.speed ?? "balanced"
