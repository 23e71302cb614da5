import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { experiments } from "../../bench/anonymity/experiments.ts"
import type { Results } from "../../bench/anonymity/experiments.ts"
import { pictures } from "../../bench/anonymity/pictures.ts"
import { tables } from "../../bench/anonymity/tables.ts"
import { filled } from "../../bench/pages.ts"

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")
const recorded = JSON.parse(read("bench/recorded/anonymity.json")) as Results
const quick = experiments("2", "quick", () => {})

const third = (measured: number, known: number) => {
  expect(measured).toBeGreaterThan((known * 2) / 3)
  expect(measured).toBeLessThan((known * 4) / 3)
}

test("the simulator finds what the formula says, and what was recorded, within a third", () => {
  for (const network of quick.networks) {
    const known = recorded.networks.find(({ setting }) => setting.name === network.setting.name)!
    third(network.exit.bits, network.formula)
    for (const question of ["exit", "sender", "recipient", "reader"] as const) third(network[question].bits, known[question].bits)
  }
})

test("the likelihoods of who watches are those of the truth: the right answer is given what was expected", () => {
  const all = quick.networks.flatMap(({ exit, sender }) => [exit, sender])
  const sum = (of: (figures: (typeof all)[number]) => number) => all.reduce((sum, one) => sum + one.attempts * of(one), 0)
  // The seed makes it the same each time; likelihoods that are a little wrong are out by a sixth.
  expect(sum(({ given }) => given) / sum(({ expected }) => expected)).toBeCloseTo(1, 1)
})

test("the more people, the less often the best guess is right", () => {
  const guesses = quick.networks.filter(({ setting }) => setting.name.startsWith("users")).map(({ exit }) => exit.guessed)
  expect(guesses).toHaveLength(3)
  expect(guesses).toEqual([...guesses].sort((a, b) => b - a))
  expect(guesses[2]).toBeLessThan(guesses[0]! / 2)
})

test("a contact with the gateway finds sessions whose reads wait, and of those that poll no more than chance does", () => {
  const [waiting, polling] = quick.hunts
  expect(waiting!.guessed.at(-1)).toBeGreaterThan(1 / 2)
  expect(polling!.guessed.at(-1)).toBeLessThan(1 / 4)
  // One of 20 is the contact's own.
  expect(waiting!.sessions).toBe(19)
  expect(waiting!.waited).toBeGreaterThan(0.9)
  expect(polling!.waited).toBe(0)
})

test("who asks for some parts has those alone", () => {
  const { days, ...others } = experiments("2", "quick", () => {}, ["days"])
  expect(days).toEqual(quick.days)
  expect(others).toEqual({ seed: "2", networks: [], hunts: [], gateways: [], holds: [], linkings: [], notices: [] })
})

test("clients whose packets are all dropped warn, and those that lose less than half do not", () => {
  const [few, all] = quick.notices
  expect(few).toMatchObject({ lost: 0.3, warned: 0 })
  expect(all).toMatchObject({ lost: 1, warned: 1 })
  expect(all!.half).toBeLessThan(15 * 60_000)
})

test("docs/anonymity.md and its pictures say what was recorded", () => {
  const page = read("docs/anonymity.md")
  expect(filled(page, "simulate", tables(recorded))).toBe(page)
  for (const [name, picture] of Object.entries(pictures(recorded))) {
    expect(read(`docs/pictures/${name}.svg`)).toBe(picture)
    expect(page).toContain(`pictures/${name}.svg`)
  }
})
