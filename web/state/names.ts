import type { ContactView } from "../../messenger/api.ts"
import { isVisible, NAME_MAX, plainName } from "../../messenger/name.ts"
import { t } from "../text/text.ts"

export const isSomeName = (name: string): boolean => isVisible(plainName(name))

/** As much of it as can be a name, without cutting a character in two. */
export function fitName(typed: string): string {
  const encoder = new TextEncoder()
  let [fitting, bytes] = ["", 0]
  for (const { segment } of new Intl.Segmenter().segment(plainName(typed))) {
    bytes += encoder.encode(segment).length
    if (bytes > NAME_MAX) break
    fitting += segment
  }
  return plainName(fitting)
}

/** Who was not given a name, and has not said theirs yet, still needs something to be called by. */
export const nameOf = ({ name, theirName }: ContactView): string => name || theirName || t.value.unnamed
