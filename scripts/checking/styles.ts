import type { Source } from "./sources.ts"

/** Properties and values that say left or right, where a language from right to left needs start and end. */
const PHYSICAL =
  /(?<![\w-])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)*|(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius)\s*:|(?<![\w-])(?:text-align|float|clear)\s*:\s*(?:left|right)\b/
/** The notch of a phone stays where it is, whatever the language. */
const OF_THE_DEVICE = /safe-area-inset/

/** A sentence for each line of style that would be wrong in Arabic. */
export function physicalStyles(all: readonly Source[]): string[] {
  return all.flatMap(({ file, text }) => {
    if (!/^web\/.*\.(vue|css)$/.test(file)) return []
    const styles = file.endsWith(".vue") ? text.replace(/[^]*?(<style[^>]*>|$)/, (before) => before.replace(/[^\n]/g, " ")) : text
    return styles.split("\n").flatMap((line, at) => (PHYSICAL.test(line) && !OF_THE_DEVICE.test(line) ? [`${file}:${at + 1} has “${line.trim()}”: say start or end (inline), not left or right.`] : []))
  })
}
