/** A text in pieces that look alike: marked or not, of a link or not. Pure. */
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

export function textPieces(text: string, links: readonly FoundLink[], marks: readonly (readonly [from: number, to: number])[]): TextPiece[] {
  const edges = new Set([0, text.length, ...links.flatMap(({ from, to }) => [from, to]), ...marks.flat()])
  const at = [...edges].sort((a, b) => a - b)
  return at.slice(0, -1).map((from, i) => ({
    text: text.slice(from, at[i + 1]),
    marked: marks.some(([begin, end]) => begin <= from && from < end),
    url: links.find((link) => link.from <= from && from < link.to)?.url ?? null,
  }))
}
