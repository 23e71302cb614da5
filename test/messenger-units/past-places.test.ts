import fc from "fast-check"
import { expect, test } from "vitest"
import { placesFor } from "../../messenger/groups/past-places.ts"
import { PAST_ROOM } from "../../messenger/stored-conversation.ts"

test("whatever comes in whatever packs, it stands by time, each at a place of its own in the room that is left for it", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(1000), { minLength: 1, maxLength: 100 }), { maxLength: 12 }), (packs) => {
      let known: { position: number; sent: number }[] = []
      for (const times of packs) {
        const fresh = times.toSorted((a, b) => a - b)
        const places = placesFor(known, fresh, 0, PAST_ROOM)
        known = [...known, ...places.map((position, i) => ({ position, sent: fresh[i]! }))].sort((a, b) => a.position - b.position)
      }
      expect(known.map(({ sent }) => sent)).toEqual(known.map(({ sent }) => sent).sort((a, b) => a - b))
      expect(new Set(known.map(({ position }) => position)).size).toBe(known.length)
      expect(known.every(({ position }) => Number.isInteger(position) && position > 0 && position < PAST_ROOM)).toBe(true)
    }),
  )
})

test("where there is no room between two, no place is named", () => {
  expect(placesFor([{ position: 4, sent: 1 }, { position: 5, sent: 3 }], [2], 0, 10)).toEqual([Number.NaN])
})
