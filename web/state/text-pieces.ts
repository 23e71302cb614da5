/** A text in pieces that look alike: marked or not, of a link or not. Pure. */
import { placesOf, soughtWords } from "../../messenger/folded-text.ts"

export interface TextPiece {
  readonly text: string
  readonly marked: boolean
  /** Where the link leads that this is a part of. */
  readonly url: string | null
}

export interface FoundLink {
  readonly from: number
  readonly to: number
  readonly url: string
}

export type Mark = readonly [from: number, to: number]

/** So many places are marked in one text: whoever wrote it must not say how much there is to draw. */
const MARKS = 200

/** Where what is looked for stands in a text: the first of these places, in order and without overlaps. */
export const marksIn = (text: string, sought: string): readonly Mark[] => (sought === "" ? [] : placesOf(text, soughtWords(sought)).slice(0, MARKS))

/** Links and marks are in order, and none overlaps another of its kind. */
export function textPieces(text: string, links: readonly FoundLink[], marks: readonly Mark[]): TextPiece[] {
  const edges = new Set([0, text.length, ...links.flatMap(({ from, to }) => [from, to]), ...marks.flat()])
  const at = [...edges].sort((a, b) => a - b)
  let [link, mark] = [0, 0]
  return at.slice(0, -1).map((from, i) => {
    while (link < links.length && links[link]!.to <= from) link++
    while (mark < marks.length && marks[mark]![1] <= from) mark++
    const [around, begin] = [links[link], marks[mark]?.[0]]
    return { text: text.slice(from, at[i + 1]), marked: begin !== undefined && begin <= from, url: around !== undefined && around.from <= from ? around.url : null }
  })
}
