import { readFileSync } from "node:fs"
import { expect, test } from "vitest"

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")
const tokens = new Map([...read("web/styles/tokens.css").matchAll(/(--[\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [name!, [light!, dark!]]))

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(a: string, b: string): number {
  const [brighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (brighter! + 0.05) / (darker! + 0.05)
}

/** So much of one colour over another, as `color-mix(in srgb, …)` makes it. */
function mixed(share: number, over: string, under: string): string {
  const part = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16)
  return `#${[1, 3, 5].map((at) => Math.round(part(over, at) * share + part(under, at) * (1 - share)).toString(16).padStart(2, "0")).join("")}`
}

const rows = [...read("docs/design.md").matchAll(/^\| `(--[\w-]+)` \| ([^|]+) \| ([\d.]+) \| ([\d.]+) \|$/gm)].map(([, of, on, light, dark]) => ({ of: of!, on: [...on!.matchAll(/--[\w-]+/g)].map(([name]) => name), light: Number(light), dark: Number(dark) }))

test("letters and outlines are told apart from what they stand on, by as much as docs/design.md says", () => {
  expect(rows.length).toBeGreaterThanOrEqual(8)
  for (const { of, on, light, dark } of rows) {
    const least = (theme: 0 | 1) => Math.min(...on.map((name) => contrast(tokens.get(of)![theme]!, tokens.get(name)![theme]!)))
    const told = [least(0), least(1)].map((ratio) => Math.floor(ratio * 10) / 10)
    expect([of, ...told]).toEqual([of, light, dark])
    expect(Math.min(...told), `${of} on ${on.join(", ")}`).toBeGreaterThanOrEqual(of.includes("line") ? 3 : 4.5)
  }
})

test("each author's colour is in the table, and its letters are read in their round, too", () => {
  const authors = [...tokens.keys()].filter((name) => name.startsWith("--author-"))
  expect(rows.map(({ of }) => of).filter((of) => of.startsWith("--author-"))).toEqual(authors)
  const share = Number(/var\(--own\) (\d+)%, var\(--surface\)/.exec(read("web/components/PersonAvatar.vue"))?.[1]) / 100
  for (const author of authors) {
    for (const theme of [0, 1] as const) {
      const own = tokens.get(author)![theme]!
      expect(contrast(own, mixed(share, own, tokens.get("--surface")![theme]!)), `${author} ${theme}`).toBeGreaterThanOrEqual(4.5)
    }
  }
})
