import type { ContactView } from "../../messenger/api.ts"
import { t } from "../text/text.ts"

/** The messenger takes names of 1 to 64 bytes, on one line, without marks that turn the order of the text around them. */
const NAME_MAX = 64
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu
const VISIBLE = /[^\p{C}\p{Z}\p{M}]/u

export const isSomeName = (name: string): boolean => VISIBLE.test(name)

/** As much of it as fits, without cutting a character in two. */
export function fitName(typed: string): string {
  const encoder = new TextEncoder()
  let [fitting, bytes] = ["", 0]
  for (const { segment } of new Intl.Segmenter().segment(typed.replace(UNFIT, " "))) {
    bytes += encoder.encode(segment).length
    if (bytes > NAME_MAX) break
    fitting += segment
  }
  return fitting
}

/** Who was not given a name, and has not said theirs yet, still needs something to be called by. */
export const nameOf = ({ name, theirName }: ContactView): string => name || theirName || t.value.unnamed
