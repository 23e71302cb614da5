/** What the screen has room for. */
import { readonly, shallowRef } from "vue"

/** As in AppShell.vue: from here on the list and what was chosen in it stand beside each other. */
const WIDE = "(min-width: 48rem)"
/** A row of a list is not lower. */
const ROW = 64

const wide = shallowRef(false)
export const isWide = readonly(wide)

export function startScreen(): void {
  const query = matchMedia(WIDE)
  const read = () => (wide.value = query.matches)
  query.addEventListener("change", read)
  read()
}

/** How many rows of a list can be seen at once, at most. */
export const rowsInSight = (): number => Math.ceil(innerHeight / ROW)
