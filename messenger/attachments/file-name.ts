import { utf8 } from "../../shared/text.ts"
import { FILENAME_MAX } from "../content/limits.ts"
import { isVisible, plainName } from "../name.ts"

/**
 * Whether a text can be the name of a file, one's own or another's: nothing in it leads into a folder, hides the file, or shows another order of letters
 * than there is. The empty name is one: what was recorded has none.
 */
export function isFileName(name: string): boolean {
  if (name === "") return true
  return utf8(name).length <= FILENAME_MAX && name === name.trim() && isVisible(name) && plainName(name) === name && !/^\.|\.$|[/\\:]/u.test(name)
}
