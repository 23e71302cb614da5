import { describe, expect, test } from "vitest"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Directory } from "../../shared/directory/document.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { Hop } from "../../shared/route.ts"
import { forwardRoute, keyAt, replyRoute } from "../../shared/route.ts"
import { seeded } from "../nodes/seeded.ts"
import { directoryOf, entryOf } from "./directory.ts"
import { CHI_SQUARE_LIMIT, chiSquare, exponentialDistribution, kolmogorov, KOLMOGOROV_LIMIT } from "./statistics.ts"

const layer = (number: number, ...names: string[]) => names.map((name) => entryOf(name, number))
const nodes = [...layer(1, "a1", "a2", "a3"), ...layer(2, "b1", "b2"), ...layer(3, "c1", "c2", "c3", "c4"), ...layer(0, "d1", "d2")]
const directory = await directoryOf(nodes)
const node = (name: string) => directory.nodes.find(({ url }) => url === `https://${name}.example`)!
const nameOf = ({ node }: Hop) => node.url.slice("https://".length, -".example".length)

const all = () => true
const gateway = node("a2")
const dropbox = node("d1")
const DRAWS = 3000

function draws(random: ReturnType<typeof seeded>, way: "out" | "back", usable: (node: NodeEntry) => boolean = all): Hop[][] {
  const route = () => (way === "out" ? forwardRoute(directory, gateway, dropbox, { usable, random }) : replyRoute(directory, gateway, { usable, random }))
  return Array.from({ length: DRAWS }, () => route()!)
}

function counts(routes: readonly Hop[][], position: number, names: readonly string[]): number[] {
  const found = routes.map((route) => nameOf(route[position]!))
  return names.map((name) => found.filter((other) => other === name).length)
}

describe("a forward route", () => {
  const routes = draws(seeded("forward"), "out")

  test("goes from the gateway through one mix of layer 2 and one of layer 3 to the dropbox", () => {
    for (const route of routes.slice(0, 200)) {
      expect(route.map(({ node }) => node.layer)).toEqual([1, 2, 3, 0])
      expect(route[0]!.node).toBe(gateway)
      expect(route[3]!.node).toBe(dropbox)
    }
  })

  test("takes each mix of a layer as often as any other, and each pair", () => {
    expect(chiSquare(counts(routes, 1, ["b1", "b2"]))).toBeLessThan(CHI_SQUARE_LIMIT[1]!)
    expect(chiSquare(counts(routes, 2, ["c1", "c2", "c3", "c4"]))).toBeLessThan(CHI_SQUARE_LIMIT[3]!)
    const pairs = new Map<string, number>()
    for (const route of routes) {
      const pair = `${nameOf(route[1]!)} ${nameOf(route[2]!)}`
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
    }
    expect(pairs.size).toBe(8)
    expect(chiSquare([...pairs.values()])).toBeLessThan(CHI_SQUARE_LIMIT[7]!)
  })

  test("waits at each mix for an exponential time of its own with the network's mean, and at the dropbox not at all", () => {
    for (const position of [0, 1, 2]) {
      const delays = routes.map((route) => route[position]!.delay)
      expect(kolmogorov(delays, exponentialDistribution(defaultParameters.meanDelay))).toBeLessThan(KOLMOGOROV_LIMIT)
    }
    expect(routes.every((route) => route[3]!.delay === 0)).toBe(true)
    expect(routes.some((route) => route[0]!.delay === route[1]!.delay)).toBe(false)
  })

  test("waits as long as the network says, not as we do", async () => {
    const slow = await directoryOf(nodes, { parameters: { ...defaultParameters, meanDelay: 5_000 } })
    const random = seeded("slow")
    const delays = Array.from({ length: DRAWS }, () => forwardRoute(slow, gateway, dropbox, { usable: all, random })![1]!.delay)
    expect(kolmogorov(delays, exponentialDistribution(5_000))).toBeLessThan(KOLMOGOROV_LIMIT)
  })
})

describe("a reply's route", () => {
  const routes = draws(seeded("reply"), "back")

  test("goes through the three layers to the gateway", () => {
    for (const route of routes.slice(0, 200)) {
      expect(route.map(({ node }) => node.layer)).toEqual([1, 2, 3, 1])
      expect(route[3]!.node).toBe(gateway)
    }
  })

  test("begins at any mix of layer 1 alike, the gateway among them: its absence would point at it", () => {
    const first = counts(routes, 0, ["a1", "a2", "a3"])
    expect(first[1]).toBeGreaterThan(0)
    expect(chiSquare(first)).toBeLessThan(CHI_SQUARE_LIMIT[2]!)
  })

  test("takes each mix of layers 2 and 3 as often as any other", () => {
    expect(chiSquare(counts(routes, 1, ["b1", "b2"]))).toBeLessThan(CHI_SQUARE_LIMIT[1]!)
    expect(chiSquare(counts(routes, 2, ["c1", "c2", "c3", "c4"]))).toBeLessThan(CHI_SQUARE_LIMIT[3]!)
  })

  test("waits at all four mixes", () => {
    for (const position of [0, 1, 2, 3]) {
      const delays = routes.map((route) => route[position]!.delay)
      expect(kolmogorov(delays, exponentialDistribution(defaultParameters.meanDelay))).toBeLessThan(KOLMOGOROV_LIMIT)
    }
  })
})

describe("what cannot be used", () => {
  test("is never drawn, and what is left is drawn alike", () => {
    const usable = ({ url }: NodeEntry) => !/c2|b1|a1/.test(url)
    const out = draws(seeded("usable out"), "out", usable)
    expect(counts(out, 1, ["b1", "b2"])).toEqual([0, DRAWS])
    expect(counts(out, 2, ["c2"])).toEqual([0])
    expect(chiSquare(counts(out, 2, ["c1", "c3", "c4"]))).toBeLessThan(CHI_SQUARE_LIMIT[2]!)
    const back = draws(seeded("usable back"), "back", usable)
    expect(counts(back, 0, ["a1"])).toEqual([0])
    expect(chiSquare(counts(back, 0, ["a2", "a3"]))).toBeLessThan(CHI_SQUARE_LIMIT[1]!)
  })

  test.each([[1, true, false], [2, false, false], [3, false, false]])("layer %d empty: a route forward %s, a route back %s", async (empty, out, back) => {
    const random = seeded("empty")
    const has = (directory: Directory, usable: (node: NodeEntry) => boolean) => [
      forwardRoute(directory, gateway, dropbox, { usable, random }) !== null,
      replyRoute(directory, gateway, { usable, random }) !== null,
    ]
    // Nothing listed there, or nothing that can be used.
    expect(has(await directoryOf(nodes.filter((node) => node.layer !== empty)), all)).toEqual([out, back])
    expect(has(directory, (node) => node.layer !== empty)).toEqual([out, back])
  })
})

describe("a node's key", () => {
  const HOUR = 3_600_000

  test("is that of the key epoch in which the packet is made", () => {
    const [two, three] = gateway.keys
    expect(keyAt(gateway, 3600, 2 * HOUR)).toBe(two!.key)
    expect(keyAt(gateway, 3600, 3 * HOUR - 1)).toBe(two!.key)
    expect(keyAt(gateway, 3600, 3 * HOUR)).toBe(three!.key)
    expect(keyAt(gateway, 1800, 1.5 * HOUR)).toBe(three!.key)
  })

  test("is none where the directory lists none for the epoch", () => {
    expect(keyAt(gateway, 3600, 2 * HOUR - 1)).toBeNull()
    expect(keyAt(gateway, 3600, 4 * HOUR)).toBeNull()
  })
})
