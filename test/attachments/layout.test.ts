import { expect, test } from "vitest"
import { boxOf, groupOf, layoutOf, PIECE_LENGTH } from "../../messenger/attachments/layout.ts"

test("files of many sizes take as many boxes, and never a quarter more than they need", () => {
  const counts = new Set<number>()
  for (let pieces = 1; pieces <= 2000; pieces++) {
    const layout = layoutOf(pieces * PIECE_LENGTH)
    counts.add(layout.pieces)
    expect(layout.pieces).toBeGreaterThanOrEqual(pieces)
    if (pieces >= 4) expect(layout.pieces).toBeLessThanOrEqual(1.25 * pieces)
    expect(layoutOf(pieces * PIECE_LENGTH - 1)).toEqual(layout)
  }
  expect([...counts].slice(0, 12)).toEqual([4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28])
  expect(counts.size).toBe(37)
  expect(layoutOf(1).pieces).toBe(4)
})

test("every piece has a box of its own, and every box its group", () => {
  for (const size of [1, 200_000, 1_000_003, 5_000_000]) {
    const layout = layoutOf(size)
    const boxes = Array.from({ length: layout.pieces }, (_, piece) => boxOf(layout, piece))
    expect(new Set(boxes).size).toBe(layout.pieces)
    for (const box of boxes) {
      const { first, pieces } = groupOf(layout, box)
      expect(box - first).toBeLessThan(pieces)
    }
    expect(layout.groups.reduce((sum, { pieces, spares }) => sum + pieces + spares, 0)).toBe(layout.boxes)
    expect(Math.max(...layout.groups.map(({ pieces }) => pieces))).toBeLessThanOrEqual(128)
  }
  expect(layoutOf(200_000)).toEqual({ pieces: 64, boxes: 69, groups: [{ first: 0, from: 0, pieces: 64, spares: 5 }] })
  expect([layoutOf(5_000_000).pieces, layoutOf(5_000_000).groups.length, layoutOf(5_000_000).boxes]).toEqual([1536, 12, 1644])
})
