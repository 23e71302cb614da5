/** How the list of messages scrolls: what is on the screen stays where it is, whatever is put before, behind or taken away. */
import { nextTick, onBeforeUnmount, onMounted, shallowRef, watch } from "vue"
import type { Ref, ShallowRef } from "vue"
import type { Move } from "./thread.ts"
import type { Thread } from "./thread-window.ts"

/** So near to the end one reads along. */
const NEAR_END = 80
/** So near to an end of what is held more is fetched: some screens, or a fling would outrun it. */
const NEAR_EDGE = 2000

const leftOf = (area: HTMLElement) => area.scrollHeight - area.scrollTop - area.clientHeight
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches

export interface Scrolling {
  readonly atEnd: Readonly<ShallowRef<boolean>>
  readonly onScroll: () => void
  readonly toEnd: (smooth?: boolean) => void
  /** The message of this id into the middle of the screen. */
  readonly show: (id: string) => HTMLElement | null
  /** The first message that can be seen. */
  readonly topmost: () => HTMLElement | null
}

export function useScrolling(
  box: Readonly<Ref<HTMLElement | null>>,
  inside: Readonly<Ref<HTMLElement | null>>,
  thread: () => Thread,
  isLoading: () => boolean,
  load: (to: Move) => Promise<void>,
  onEnd: () => void,
): Scrolling {
  const atEnd = shallowRef(true)
  let fetching = false
  /** A smooth way to the end has begun, and nobody has turned back: who is on it reads along. */
  let gliding = false
  /** Where one was, and which way one went: only there more is fetched, or what one end takes in the other would call for at once. */
  let [lastTop, way] = [0, 0]

  const articles = () => inside.value?.getElementsByTagName("article") ?? ([] as unknown as HTMLCollectionOf<HTMLElement>)

  function topmost(): HTMLElement | null {
    const all = articles()
    const edge = box.value?.getBoundingClientRect().top ?? 0
    let [low, high] = [0, all.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (all[middle]!.getBoundingClientRect().bottom <= edge) low = middle + 1
      else high = middle
    }
    return all[low] ?? null
  }

  function toEnd(smooth = false): void {
    const area = box.value
    if (!area) return
    lastTop = area.scrollTop
    // What comes on the way is gone to at once, or the way would never end.
    gliding = smooth && !gliding && !calm() && leftOf(area) >= NEAR_END
    // Whoever went up before now goes down: what is fetched above would take away the end.
    if (gliding) way = 1
    area.scrollTo({ top: area.scrollHeight, behavior: gliding ? "smooth" : "instant" })
  }

  async function fetch(to: Move): Promise<void> {
    if (fetching) return
    fetching = true
    const before = thread().messages
    // Refused where the conversation has just gone.
    await load(to).catch(() => undefined)
    fetching = false
    // Where nothing came, nothing would come at once; the next movement asks again.
    if (thread().messages !== before) onScroll()
  }

  function onScroll(): void {
    const area = box.value
    const { loaded, more, newer } = thread()
    if (!area || !loaded) return
    const left = leftOf(area)
    if (left < NEAR_END || area.scrollTop < lastTop) gliding = false
    atEnd.value = !newer && (gliding || left < NEAR_END)
    if (atEnd.value) onEnd()
    way = Math.sign(area.scrollTop - lastTop) || way
    lastTop = area.scrollTop
    if (more && way <= 0 && area.scrollTop < NEAR_EDGE) void fetch("older")
    else if (newer && way >= 0 && left < NEAR_EDGE) void fetch("newer")
  }

  watch(
    () => thread().messages,
    async (messages, earlier) => {
      const area = box.value
      if (!area || earlier.length === 0 || messages.length === 0) return
      const last = messages.at(-1)
      const isNew = last !== undefined && !isLoading() && last.position > (earlier.at(-1)?.position ?? 0)
      const follows = isNew && (last.own || atEnd.value)
      const anchor = topmost()
      const before = anchor?.getBoundingClientRect().top ?? 0
      const held = document.activeElement !== null && inside.value?.contains(document.activeElement) === true
      await nextTick()
      if (anchor?.isConnected && !follows) {
        const moved = anchor.getBoundingClientRect().top - before
        if (moved !== 0) lastTop = area.scrollTop += moved
      }
      // Who was in a message that is held no more is still in the list.
      if (held && inside.value?.contains(document.activeElement) === false) inside.value.querySelector<HTMLElement>("[role=log]")?.focus({ preventScroll: true })
      if (follows) toEnd(true)
      onScroll()
    },
  )

  function show(id: string): HTMLElement | null {
    const found = inside.value?.querySelector<HTMLElement>(`article[data-id="${CSS.escape(id)}"]`) ?? null
    found?.scrollIntoView({ block: "center", behavior: "instant" })
    onScroll()
    return found
  }

  /** Where something grew or stopped the movement, the rest of the way is taken at once. */
  function onScrollEnd(): void {
    if (gliding) toEnd()
    onScroll()
  }

  const sizes = new ResizeObserver(() => atEnd.value && !gliding && toEnd())
  onMounted(() => {
    for (const one of [box.value, inside.value]) if (one) sizes.observe(one)
    box.value?.addEventListener("scrollend", onScrollEnd)
    document.addEventListener("visibilitychange", onScroll)
  })
  onBeforeUnmount(() => {
    sizes.disconnect()
    document.removeEventListener("visibilitychange", onScroll)
  })
  return { atEnd, onScroll, toEnd, show, topmost }
}
