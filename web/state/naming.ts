/** Naming somebody while one writes in a group: when the list of its members is open, and what becomes of the text. */
import { nextTick, shallowRef, watch } from "vue"
import type { Ref, ShallowRef } from "vue"
import type { Sought, Written } from "./mentioning.ts"
import { changed, nameAt, soughtAt, withName } from "./mentioning.ts"

/** `hears`: the list, once it is there, has used a key. */
export function useNaming(field: Readonly<Ref<HTMLTextAreaElement | null>>, written: ShallowRef<Written>, mayName: () => boolean, hears: (event: KeyboardEvent) => boolean) {
  const sought = shallowRef<Sought | null>(null)
  /** Where the list was shut: what is written on behind that @ does not open it again. */
  let shut: number | null = null

  function look(): void {
    const area = field.value
    const found = area === null || !mayName() || area.selectionStart !== area.selectionEnd ? null : soughtAt(written.value, area.selectionStart)
    if (found?.from !== shut) shut = null
    sought.value = shut === null ? found : null
  }

  /** While an input method composes nothing opens; what is open follows, for on a phone every word is composed. */
  function onInput(event: Event): void {
    const area = event.target as HTMLTextAreaElement
    written.value = changed(written.value, area.value, area.selectionStart)
    if (!(event as InputEvent).isComposing || sought.value !== null) look()
  }

  /** The caret was moved: that may shut the list, and opens none. */
  const onMove = () => void (sought.value !== null && look())

  function close(): void {
    shut = sought.value?.from ?? null
    sought.value = null
  }

  /** The focus is elsewhere: it opens again with the next letter. */
  const onLeave = () => (sought.value = null)

  /** True where the key has been used. */
  function onKey(event: KeyboardEvent): boolean {
    if (event.isComposing) return false
    if (sought.value !== null && event.key === "Escape") close()
    else if (sought.value === null || !hears(event)) {
      takeWhole(event)
      return false
    }
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  /** A name goes as a whole: it is marked, and what the key does is left to the field, which can undo it. */
  function takeWhole({ key }: KeyboardEvent): void {
    const area = field.value
    if (area === null || area.selectionStart !== area.selectionEnd || (key !== "Backspace" && key !== "Delete")) return
    const name = nameAt(written.value, area.selectionStart, key === "Backspace" ? -1 : 1)
    if (name !== null) area.setSelectionRange(name.from, name.to)
  }

  async function pick(member: string | null, name: string): Promise<void> {
    if (sought.value === null) return
    const { written: next, caret } = withName(written.value, sought.value, member, name)
    sought.value = null
    written.value = next
    await nextTick()
    field.value?.focus()
    field.value?.setSelectionRange(caret, caret)
  }

  // What is written was changed by something else: sent, or another text has come.
  watch(written, ({ text }) => {
    if (sought.value !== null && field.value?.value !== text) sought.value = null
    if (text === "") shut = null
  }, { flush: "sync" })

  return { sought, onInput, onMove, onLeave, onKey, pick, look }
}
