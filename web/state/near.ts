/** Whether something is on the screen, or about to be: what takes memory or work is there only then. */
import { onBeforeUnmount, onMounted, shallowRef } from "vue"
import type { Ref, ShallowRef } from "vue"

/** One screen, about, to each side. */
const AROUND = "600px 0px"

export function useNear(element: Readonly<Ref<HTMLElement | null>>): Readonly<ShallowRef<boolean>> {
  const near = shallowRef(false)
  const watcher = new IntersectionObserver((entries) => (near.value = entries.at(-1)!.isIntersecting), { rootMargin: AROUND })
  onMounted(() => element.value && watcher.observe(element.value))
  onBeforeUnmount(() => watcher.disconnect())
  return near
}
