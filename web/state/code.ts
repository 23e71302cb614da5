/** A contact code as people see it: 64 letters and digits, in four lines of four groups of four. The engine decides what is one. */

export const CODE_LENGTH = 64
const LINE = 16
const GROUP = 4

/** What was typed, without what only helps the eye, and without the link around it. */
export function codeLetters(entered: string): string {
  const inLink = entered.lastIndexOf("#code/")
  const code = inLink < 0 ? entered : entered.slice(inLink + "#code/".length)
  return code.toUpperCase().replace(/[^A-Z0-9]/g, "")
}

const chunks = (text: string, size: number): string[] => Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size))

/** Lines of groups; the last ones may be short. */
export const codeLines = (letters: string): string[][] => chunks(letters, LINE).map((line) => chunks(line, GROUP))

/** For copying and for the eye: a line per line, groups apart. */
export const codeText = (code: string): string =>
  codeLines(codeLetters(code))
    .map((groups) => groups.join(" "))
    .join("\n")

/** The code stands in the fragment, which no server sees. */
export const codeLink = (origin: string, code: string): string => `${origin}/#code/${codeLetters(code)}`
