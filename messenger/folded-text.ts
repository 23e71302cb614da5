/**
 * Marks that people leave out when they search: accents, points of Hebrew and Arabic, the stroke that only lengthens an Arabic word, and
 * what is not seen at all. Vowel signs of other scripts are letters, and stay.
 */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\p{Cf}]/gu

/** As texts are compared in a search: without case, accents, and the other ways of writing the same letter (NFKD). */
export function fold(text: string): string {
  // Upper case first: so ß is ss, and both sigmas are one.
  return text.normalize("NFKD").replace(MARKS, "").toUpperCase().toLowerCase().replaceAll("ς", "σ")
}

/** The words that are looked for, folded. None where there is nothing to look for. */
export const soughtWords = (sought: string): string[] => [...new Set(fold(sought).split(/\s+/u).filter((word) => word !== ""))]

/** Whether a text has all of the words, in any order and within other words, too. */
export function hasWords(text: string, words: readonly string[]): boolean {
  const folded = fold(text)
  return words.length > 0 && words.every((word) => folded.includes(word))
}

/** Where the words stand in a text: from and up to which place, in order, without overlaps. */
export function placesOf(text: string, words: readonly string[]): [from: number, to: number][] {
  let folded = ""
  /** For each place of the folded text, where its character begins and ends in the text. */
  const origins: [number, number][] = []
  /** A text has few different characters, and to fold one takes long. */
  const pieces = new Map<string, string>()
  let at = 0
  for (const character of text) {
    let piece = pieces.get(character)
    if (piece === undefined) pieces.set(character, (piece = fold(character)))
    const end = at + character.length
    folded += piece
    for (let i = 0; i < piece.length; i++) origins.push([at, end])
    // A mark belongs to the letter before it.
    if (piece === "" && origins.length > 0) origins.at(-1)![1] = end
    at = end
  }
  const found: [number, number][] = []
  for (const word of words) for (let i = folded.indexOf(word); i >= 0; i = folded.indexOf(word, i + 1)) found.push([origins[i]![0], origins[i + word.length - 1]![1]])
  found.sort(([a], [b]) => a - b)
  return found.reduce<[number, number][]>((joined, [from, to]) => {
    const last = joined.at(-1)
    if (last === undefined || from > last[1]) joined.push([from, to])
    else last[1] = Math.max(last[1], to)
    return joined
  }, [])
}
