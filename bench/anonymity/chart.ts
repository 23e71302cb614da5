/** A line with its name, and where points are measured. */
export interface Curve {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
  /** What is computed is drawn as a line without points. */
  readonly isComputed?: boolean
}

export interface Chart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly curves: readonly Curve[]
}

export interface Axis {
  readonly name: string
  readonly marks: readonly number[]
  readonly isLogarithmic?: boolean
  readonly unit?: string
}

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [720, 400, 70, 46, 200, 56]
/** Seen on white and on black, and told apart without colours by their dashes. */
const COLOURS = ["#2f7de1", "#d9622b", "#2a9d63", "#a25bd6", "#8a8a30", "#c23b72"]
const DASHES = ["", "7 4", "2 3", "10 3 2 3", "4 2", "1 4"]

/** A picture in SVG, readable on a bright and a dark ground. */
export function drawn({ title, x, y, curves }: Chart): string {
  const across = scale(x, LEFT, WIDTH - RIGHT)
  const up = scale(y, HEIGHT - BOTTOM, TOP)
  const grid = [
    ...x.marks.map((mark) => `<path class="g" d="M${at(across(mark))} ${TOP}V${HEIGHT - BOTTOM}"/>${text(across(mark), HEIGHT - BOTTOM + 18, label(mark, x), "middle")}`),
    ...y.marks.map((mark) => `<path class="g" d="M${LEFT} ${at(up(mark))}H${WIDTH - RIGHT}"/>${text(LEFT - 8, up(mark) + 4, label(mark, y), "end")}`),
  ]
  const lines = curves.map(({ name, points, isComputed }, i) => {
    const [colour, dash] = [COLOURS[i % COLOURS.length]!, DASHES[i % DASHES.length]!]
    const road = points.map(([a, b], n) => `${n === 0 ? "M" : "L"}${at(across(a))} ${at(up(b))}`).join("")
    const dots = isComputed === true ? "" : points.map(([a, b]) => `<circle cx="${at(across(a))}" cy="${at(up(b))}" r="3.5" fill="${colour}"/>`).join("")
    const row = TOP + 12 + 22 * i
    const style = `stroke="${colour}" stroke-width="2" fill="none"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}`
    return `<path ${style} d="${road}"/>${dots}<path ${style} d="M${WIDTH - RIGHT + 14} ${row}h26"/>${text(WIDTH - RIGHT + 46, row + 4, name, "start")}`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    "<style>text{font:13px system-ui,sans-serif;fill:#444}.g{stroke:#8888;stroke-width:.6}@media(prefers-color-scheme:dark){text{fill:#ccc}}</style>",
    text(LEFT, 24, title, "start"),
    ...grid,
    ...lines,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x.name, "middle"),
    `<text text-anchor="middle" transform="translate(20 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)">${escaped(y.name)}</text>`,
    "</svg>",
    "",
  ].join("\n")
}

function scale({ marks, isLogarithmic }: Axis, from: number, to: number): (value: number) => number {
  const of = (value: number) => (isLogarithmic === true ? Math.log(value) : value)
  const [first, last] = [of(marks[0]!), of(marks.at(-1)!)]
  return (value) => from + ((to - from) * (Math.min(last, Math.max(first, of(value))) - first)) / (last - first)
}

function label(mark: number, { unit = "" }: Axis): string {
  return `${mark.toLocaleString("en")}${unit}`
}

function text(x: number, y: number, words: string, anchor: string): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${escaped(words)}</text>`
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function escaped(words: string): string {
  return words.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;")
}
