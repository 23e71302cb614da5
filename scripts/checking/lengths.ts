import type { Source } from "./sources.ts"

/** style.md 11: talk about a file at 200 lines, split it at 300. */
const TALK = 200
const SPLIT = 300
/** Tests are lists of cases, and message files lists of texts. */
const LISTS = /^(test|bench|web\/text)\//

export function fileLengths(all: readonly Source[]): { long: string[]; tooLong: string[] } {
  const counted = all.filter(({ file }) => !LISTS.test(file)).map(({ file, text }) => ({ file, lines: text.split("\n").length - 1 }))
  const above = (lines: number, below: number) => counted.filter((one) => one.lines > lines && one.lines <= below).map((one) => `${one.file} has ${one.lines} lines`)
  return { long: above(TALK, SPLIT), tooLong: above(SPLIT, Infinity) }
}
