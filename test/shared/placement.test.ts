import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { concat, toHex } from "../../shared/bytes.ts"
import type { BoxId, NodeId } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { replicas } from "../../shared/placement.ts"
import { utf8 } from "../../shared/text.ts"
import { seeded } from "../nodes/seeded.ts"
import { CHI_SQUARE_LIMIT, chiSquare } from "./statistics.ts"

const random = seeded("placement")
const dropboxes = Array.from({ length: 6 }, () => sized("NodeId", random(32)))
const boxes = Array.from({ length: 1200 }, () => sized("BoxId", random(32)))
const place = (box: BoxId, list: readonly NodeId[] = dropboxes, count = 1) => replicas(box, list, count).map(toHex)

describe("the place of a box", () => {
  test("is the dropbox with the highest hash of label, box and dropbox", () => {
    for (const box of boxes.slice(0, 50)) {
      const weight = (node: NodeId) => createHash("sha256").update(concat(utf8("sotto v1 place"), box, node)).digest("hex")
      const byWeight = [...dropboxes].sort((a, b) => (weight(a) > weight(b) ? -1 : 1)).map(toHex)
      expect(place(box, dropboxes, 6)).toEqual(byWeight)
    }
  })

  test("does not depend on the order of the list", () => {
    for (const box of boxes.slice(0, 50)) expect(place(box, dropboxes.toReversed(), 3)).toEqual(place(box, dropboxes, 3))
  })

  test("is each dropbox about as often as any other", () => {
    const counts = new Map(dropboxes.map((node) => [toHex(node), 0]))
    for (const box of boxes) {
      const [best] = place(box)
      counts.set(best!, counts.get(best!)! + 1)
    }
    expect(chiSquare([...counts.values()])).toBeLessThan(CHI_SQUARE_LIMIT[5]!)
  })

  test("stays where it is when another dropbox leaves; only what lay there moves, and evenly to all others", () => {
    let uneven = 0
    for (const leaving of dropboxes) {
      const left = dropboxes.filter((node) => node !== leaving)
      const moved = new Map(left.map((node) => [toHex(node), 0]))
      for (const box of boxes) {
        const [before] = place(box)
        const [after] = place(box, left)
        if (before !== toHex(leaving)) expect(after).toBe(before)
        else moved.set(after!, moved.get(after!)! + 1)
      }
      uneven += chiSquare([...moved.values()])
    }
    // Six dropboxes, and five others for each.
    expect(uneven).toBeLessThan(CHI_SQUARE_LIMIT[24]!)
  })

  test("moves to a new dropbox or not at all", () => {
    const joining = sized("NodeId", random(32))
    const moved = boxes.filter((box) => {
      const [after] = place(box, [...dropboxes, joining])
      if (after === place(box)[0]) return false
      expect(after).toBe(toHex(joining))
      return true
    })
    // A seventh of 1200 is 171.
    expect(Math.abs(moved.length - 171)).toBeLessThan(45)
  })

  test("at the second dropbox is where it goes when the first one leaves", () => {
    for (const box of boxes.slice(0, 100)) {
      const [first, second] = place(box, dropboxes, 2)
      expect(place(box, dropboxes.filter((node) => toHex(node) !== first))).toEqual([second])
    }
  })

  test("is on as many dropboxes as there are, at the most", () => {
    const [box] = boxes
    expect(place(box!, [], 2)).toEqual([])
    expect(place(box!, dropboxes.slice(0, 1), 2)).toEqual([toHex(dropboxes[0]!)])
    expect(new Set(place(box!, dropboxes, 6)).size).toBe(6)
    expect(place(box!, dropboxes, 0)).toEqual([])
  })
})
