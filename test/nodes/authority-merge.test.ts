import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { mayReplace, merge, said } from "../../directory/merge.ts"
import { epochAt, slotAt, validUntil } from "../../directory/slots.ts"
import type { ListedNode, View } from "../../directory/view.ts"
import { toHex } from "../../shared/bytes.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { sized } from "../../shared/names.ts"
import { directoryOf, entryOf } from "../shared/directory.ts"

const SLOT = Date.UTC(2027, 0, 15, 13)
const EPOCH = SLOT / 3_600_000
const parameters = { ...defaultParameters, keyEpochSeconds: 3600, documentSeconds: 3600 }
const others = { ...parameters, meanDelay: 100 }
const sphinxKey = (fill: number) => sized("SphinxKey", new Uint8Array(32).fill(fill))
const pool = ["a 1", "b 1", "c 2", "d 2", "e 3", "f 3", "g 0", "h 0"].map((text) => entryOf(text.slice(0, 1), Number(text.slice(2))))

function listed(entry: NodeEntry, { issued = 0, key = 1, epoch = EPOCH, operator = "nobody" } = {}): ListedNode {
  const keys = [{ epoch, key: sphinxKey(key) }]
  return { entry: { ...entry, operator, keys }, issued, descriptor: Uint8Array.of(key, issued, EPOCH - epoch) }
}

const viewOf = (nodes: readonly ListedNode[], changes: Partial<View> = {}): View => ({
  author: new Uint8Array(32),
  slot: SLOT,
  previous: new Uint8Array(32),
  parameters,
  nodes,
  bytes: new Uint8Array(),
  hash: new Uint8Array(),
  ...changes,
})

const anyNode = fc.record({ issued: fc.nat(3), key: fc.integer({ min: 1, max: 3 }), epoch: fc.constantFrom(EPOCH, EPOCH, EPOCH - 1), operator: fc.constantFrom("x", "y") })
const anyView = fc.record({
  nodes: fc.array(fc.option(anyNode), { minLength: pool.length, maxLength: pool.length }),
  parameters: fc.constantFrom(parameters, others),
}).map(({ nodes, parameters }) => viewOf(nodes.flatMap((node, i) => (node === null ? [] : [listed(pool[i]!, node)])), { parameters }))
const anyViews = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.record({ views: fc.array(anyView, { maxLength: count, minLength: 1 }), threshold: fc.integer({ min: Math.floor(count / 2) + 1, max: count }) }),
)

describe("merging", () => {
  test("does not depend on the order of the views", () => {
    fc.assert(fc.property(anyViews, fc.infiniteStream(fc.nat()), ({ views, threshold }, order) => {
      const shuffled = views.map((view) => ({ view, at: order.next().value as number })).sort((a, b) => a.at - b.at).map(({ view }) => view)
      const [one, other] = [merge(views, threshold, null, SLOT), merge(shuffled, threshold, null, SLOT)]
      expect(one === null ? null : toHex(said(one))).toBe(other === null ? null : toHex(said(other)))
    }))
  })

  test("lists no node that fewer than the threshold list alike, all others, and none twice", () => {
    fc.assert(fc.property(anyViews, ({ views, threshold }) => {
      const merged = merge(views, threshold, { parameters, nodes: [] }, SLOT)
      if (merged === null) return void expect(views.length).toBeLessThan(threshold)
      expect(new Set(merged.nodes.map(({ id }) => toHex(id))).size).toBe(merged.nodes.length)
      for (const { id } of pool) {
        for (const operator of ["x", "y"]) {
          const voices = views.flatMap(({ nodes }) => nodes.filter(({ entry }) => entry.id === id && entry.operator === operator))
          const latest = Math.max(...voices.map(({ issued }) => issued))
          const hasKey = voices.filter(({ issued }) => issued === latest).some(({ entry }) => entry.keys[0]!.epoch === EPOCH)
          const found = merged.nodes.find((node) => node.id === id && node.operator === operator)
          if (voices.length < threshold || !hasKey) expect(found).toBeUndefined()
          if (found !== undefined) expect(voices.some(({ issued, entry }) => issued === latest && entry.keys[0]!.key === found.keys[0]!.key)).toBe(true)
        }
      }
    }))
  })

  test("takes parameters that enough share, else those of the document before", () => {
    fc.assert(fc.property(anyViews, ({ views, threshold }) => {
      const voices = views.filter((view) => view.parameters === others).length
      const shared = voices >= threshold ? others : views.length - voices >= threshold ? parameters : null
      expect(merge(views, threshold, null, SLOT)?.parameters ?? null).toEqual(shared)
      const before = { ...parameters, meanHold: 7 }
      if (views.length >= threshold) expect(merge(views, threshold, { parameters: before, nodes: [] }, SLOT)!.parameters).toEqual(shared ?? before)
    }))
  })

  test("takes keys from the latest descriptor among those that agree, whatever a view that does not agree brings", () => {
    const [node] = pool
    const views = [viewOf([listed(node!, { issued: 1, key: 1 })]), viewOf([listed(node!, { issued: 2, key: 2 })]), viewOf([listed(node!, { issued: 3, key: 3, operator: "y" })])]
    expect(merge(views, 2, null, SLOT)!.nodes.map(({ keys }) => keys[0]!.key[0])).toEqual([2])
  })

  test.each(["role", "layer", "url", "operator", "provider", "leaving"] as const)("does not list a node about whose %s the views differ", (field) => {
    const [, , node] = pool
    const changes = { role: "dropbox", layer: 3, url: "https://other.example", operator: "y", provider: "y", leaving: true } as const
    const one = listed(node!)
    const other = { ...one, entry: { ...one.entry, [field]: changes[field] } }
    expect(merge([viewOf([one]), viewOf([one])], 2, null, SLOT)!.nodes).toHaveLength(1)
    expect(merge([viewOf([one]), viewOf([other])], 2, null, SLOT)!.nodes).toEqual([])
  })
})

describe("a document that is valid", async () => {
  const full = await directoryOf(pool, { validFrom: SLOT - 3_600_000, validUntil: SLOT + 1, parameters })
  const without = (...gone: number[]) => ({ parameters, nodes: pool.filter((_, i) => !gone.includes(i)) })

  test("is not replaced by one with fewer than half of its nodes, or without a layer or dropboxes", () => {
    expect(mayReplace(without(), full, SLOT)).toBe(true)
    expect(mayReplace(without(0, 2, 4, 6), full, SLOT)).toBe(true)
    expect(mayReplace(without(0, 2, 4, 6, 7), full, SLOT)).toBe(false)
    expect(mayReplace(without(0, 2, 3), full, SLOT)).toBe(false)
    expect(mayReplace(without(6, 7), full, SLOT)).toBe(false)
    const strangers = pool.map((node, i) => ({ ...node, id: i < 5 ? entryOf(`x${i}`, 1).id : node.id }))
    expect(mayReplace({ parameters, nodes: strangers }, full, SLOT)).toBe(false)
  })

  test("is not replaced by one whose dropboxes are all leaving", () => {
    expect(mayReplace({ parameters, nodes: pool.map((node) => (node.role === "dropbox" ? { ...node, leaving: true } : node)) }, full, SLOT)).toBe(false)
  })

  test("is replaced by anything when it has run out", () => {
    expect(mayReplace(without(0, 1, 2, 3, 4, 5, 6, 7), full, SLOT + 1)).toBe(true)
    expect(mayReplace(without(0, 1, 2, 3, 4, 5, 6, 7), null, SLOT)).toBe(true)
  })

  test("leads to slots on the grid of its documents, with rounds of ten minutes", () => {
    const slot = { at: SLOT, opens: SLOT - 600_000, bundles: SLOT - 360_000, signs: SLOT - 120_000 }
    expect(slotAt(SLOT - 3_599_999, full)).toEqual(slot)
    expect(slotAt(SLOT - 1, full)).toEqual(slot)
    expect(slotAt(SLOT, full).at).toBe(SLOT + 3_600_000)
    // Behind the document's own slot, by a clock that is wrong.
    expect(slotAt(SLOT - 5_000_000, full).at).toBe(SLOT)
    expect(validUntil(SLOT, parameters)).toBe(SLOT + 4 * 3_600_000)
  })

  test("leads to slots of seconds when it has run out, is incomplete, or is not there", async () => {
    const incomplete = await directoryOf(pool.slice(2), { validFrom: SLOT - 3_600_000, validUntil: SLOT + 100_000_000, parameters })
    for (const latest of [null, full, incomplete]) {
      expect(slotAt(SLOT + 1, latest)).toEqual({ at: SLOT + 5_000, opens: SLOT, bundles: SLOT + 2_000, signs: SLOT + 4_000 })
      expect(slotAt(SLOT + 89_999, latest).at).toBe(SLOT + 90_000)
      // The slow one at the end of each cycle, for clocks that are seconds apart.
      expect(slotAt(SLOT + 90_000, latest)).toEqual({ at: SLOT + 120_000, opens: SLOT + 90_000, bundles: SLOT + 102_000, signs: SLOT + 114_000 })
    }
  })

  test("has another epoch than whatever could follow it in any other slot", async () => {
    const full = await directoryOf(pool, { validFrom: SLOT - 7_200_000, validUntil: SLOT, parameters })
    const seen = new Set<number>()
    let last = full.epoch
    for (let now = full.validFrom; now < full.validUntil + 600_000; ) {
      const { at } = slotAt(now, full)
      const epoch = epochAt(at, full)
      expect(epoch).toBeGreaterThan(last)
      seen.add(epoch)
      last = epoch
      now = at
    }
    expect(seen.size).toBeGreaterThan(50)
    expect(epochAt(full.validFrom + 3_600_000, full)).toBe(full.epoch + 1)
    expect(epochAt(SLOT, null)).toBe(1)
  })
})
