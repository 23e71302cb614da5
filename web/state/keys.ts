/**
 * What the keyboard does, wherever the focus is. Keys that browsers keep for themselves have another beside them. A single letter or
 * sign acts outside of fields only, and can be switched off (WCAG 2.1.4).
 */
import { ref, shallowRef, watch } from "vue"
import { HOME } from "./address.ts"
import { finding, openSearch } from "./finding.ts"
import { conversationRows, pendingRows, routeToRow } from "./lists.ts"
import { back, go, route } from "./route.ts"
import { endSelecting, selecting } from "./selecting.ts"
import { state } from "./state.ts"

/** "Mod" is Ctrl, and the command key on Apple's keyboards. */
export type KeyName = "help" | "goTo" | "search" | "newContact" | "previous" | "next" | "back" | "send" | "line" | "editLast" | "drop" | "messages" | "details" | "pick" | "reply" | "react" | "edit" | "remove"
export const KEYS: Readonly<Record<KeyName, readonly (readonly string[])[]>> = {
  help: [["?"], ["Mod", "/"]],
  goTo: [["Mod", "K"]],
  search: [["Mod", "F"]],
  newContact: [["Alt", "N"], ["Mod", "N"]],
  previous: [["Alt", "↑"]],
  next: [["Alt", "↓"]],
  back: [["Esc"]],
  send: [["Enter"]],
  line: [["Shift", "Enter"]],
  editLast: [["↑"]],
  drop: [["Esc"]],
  messages: [["↑"], ["↓"], ["Home"], ["End"]],
  details: [["Enter"]],
  pick: [["Space"]],
  reply: [["R"]],
  react: [["+"]],
  edit: [["E"]],
  remove: [["Del"]],
}

export const isApple = /Mac|iPhone|iPad/.test(navigator.platform)

const SINGLE = "single-keys"
export const singleKeys = ref(localStorage.getItem(SINGLE) !== "no")
watch(singleKeys, (on) => localStorage.setItem(SINGLE, on ? "yes" : "no"))

/** The dialog that a key has opened. */
export const keyDialog = shallowRef<"keys" | "places" | null>(null)
// It does not wait behind a locked door.
watch(
  () => state.engine.status,
  (status) => {
    if (status !== "running") keyDialog.value = null
  },
)

/** The letter on the key. Keyboards of other scripts have it in the place of their own letter. */
export const letter = ({ key, code }: KeyboardEvent): string => (/^[a-z]$/i.test(key) ? key : /^Key[A-Z]$/.test(code) ? code.slice(3) : key).toUpperCase()

const field = (): HTMLElement | null => {
  const at = document.activeElement
  return at instanceof HTMLElement && (at.isContentEditable || at.matches("input:not([type=radio], [type=checkbox]), textarea, select")) ? at : null
}

/** What Esc would throw away stays: only an empty field is left with it. */
const isFilled = (at: HTMLElement | null) => at !== null && !(at instanceof HTMLSelectElement) && "value" in at && at.value !== ""

/** Keys with Alt that a field has its own use for: it opens a choice, and on Apple's keyboards writes letters and moves the caret. */
function belongsToField(event: KeyboardEvent): boolean {
  const at = field()
  if (event.key === "ArrowUp" || event.key === "ArrowDown") return at instanceof HTMLSelectElement || (isApple && isFilled(at))
  return isApple && at !== null
}

/** The row that stands before or after the one that is shown, as the list has them. */
function step(by: -1 | 1): void {
  const rows = [...pendingRows.value, ...conversationRows.value]
  const at = "id" in route.value ? rows.findIndex(({ id }) => "id" in route.value && id === route.value.id) : -1
  const row = at < 0 ? rows.at(by > 0 ? 0 : -1) : rows[at + by]
  if (row) go(routeToRow(row), "id" in route.value ? "replace" : "push")
}

/** What this press means, or null where it is none of these. */
function meaning(event: KeyboardEvent): (() => void) | null {
  const { key, altKey, shiftKey, ctrlKey, metaKey } = event
  const mod = isApple ? metaKey && !ctrlKey : ctrlKey && !metaKey
  const plain = !ctrlKey && !metaKey && !altKey
  // Shutting the bar throws away nothing.
  if (plain && key === "Escape" && selecting.value !== null) return endSelecting
  if (plain && key === "Escape" && finding.value !== null) return () => (finding.value = null)
  if (plain && key === "Escape") return route.value.page === "home" || isFilled(field()) ? null : () => back(HOME)
  if (plain && (key === "?" || key === "؟")) return singleKeys.value && field() === null ? () => (keyDialog.value = "keys") : null
  if (mod && !altKey && key === "/") return () => (keyDialog.value = "keys")
  if (altKey && belongsToField(event)) return null
  if (altKey && !ctrlKey && !metaKey && !shiftKey) {
    if (key === "ArrowUp") return () => step(-1)
    if (key === "ArrowDown") return () => step(1)
  }
  if (shiftKey) return null
  if (mod && !altKey && letter(event) === "K") return () => (keyDialog.value = "places")
  if (mod && !altKey && letter(event) === "F") return openSearch
  if (((altKey && !ctrlKey && !metaKey) || (mod && !altKey)) && letter(event) === "N") return () => go({ page: "new" })
  return null
}

export function startKeys(): void {
  addEventListener("keydown", (event) => {
    // Somebody nearer has used it, an input method composes, there is nowhere to go yet, or a dialog is open and has its own keys.
    if (event.defaultPrevented || event.isComposing || state.engine.status !== "running" || !state.profile || document.querySelector("dialog[open]")) return
    const act = meaning(event)
    if (!act) return
    event.preventDefault()
    act()
  })
}
