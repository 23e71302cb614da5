import fc from "fast-check"
import { expect, test } from "vitest"
import type { Due } from "../../shared/node/heap.ts"
import { Heap } from "../../shared/node/heap.ts"

const entry = (at: number): Due => ({ at, slot: -1 })

test("whatever is added, moved and removed, what is due comes out earliest first", () => {
  const step = fc.record({ kind: fc.constantFrom("add", "remove", "move", "take"), at: fc.nat(100), which: fc.nat(1000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new Heap<Due>()
      let model: Due[] = []
      for (const { kind, at, which } of steps) {
        const chosen = model[which % Math.max(1, model.length)]
        if (kind === "add") {
          const added = entry(at)
          heap.add(added)
          model.push(added)
        } else if (kind === "take") {
          const due = heap.takeDue(at)
          expect(due.map((taken) => taken.at)).toEqual(model.filter((held) => held.at <= at).map((held) => held.at).sort((a, b) => a - b))
          model = model.filter((held) => held.at > at)
        } else if (chosen !== undefined && kind === "remove") {
          heap.remove(chosen)
          model = model.filter((held) => held !== chosen)
        } else if (chosen !== undefined) {
          heap.move(chosen, at)
        }
        expect(heap.size).toBe(model.length)
        expect(heap.first?.at ?? Infinity).toBe(Math.min(...model.map((held) => held.at), Infinity))
      }
    }),
  )
})

test("removing what is not there changes nothing", () => {
  const heap = new Heap<Due>()
  const here = entry(1)
  const gone = entry(2)
  heap.add(here)
  heap.add(gone)
  heap.remove(gone)
  heap.remove(gone)
  heap.remove(entry(3))
  expect(heap.takeDue(10)).toEqual([here])
})
