import { expect, test } from "vitest"
import { toHex } from "../../shared/bytes.ts"
import { authoritiesOf } from "../../shared/node/worker/settings.ts"
import { seeded } from "./seeded.ts"

const keys = [1, 2, 3].map((n) => toHex(seeded(`key ${n}`)(32)))
const AUTHORITY_KEYS = keys.join(", ")

test("a node without a threshold goes by any one of its authorities", () => {
  for (const THRESHOLD of [undefined, "", "1"]) {
    const { keys: known, threshold } = authoritiesOf({ AUTHORITY_KEYS, ...(THRESHOLD === undefined ? {} : { THRESHOLD }) })
    expect([known.map(toHex), threshold]).toEqual([keys, 1])
  }
  expect(authoritiesOf({ AUTHORITY_KEYS, THRESHOLD: "3" }).threshold).toBe(3)
})

test("a threshold by which a document needs no signature, or more than there can be, is refused", () => {
  for (const THRESHOLD of ["0", "-1", "0.5", "two", "4", "NaN", "Infinity"]) {
    expect(() => authoritiesOf({ AUTHORITY_KEYS, THRESHOLD })).toThrow(RangeError)
  }
  expect(() => authoritiesOf({ AUTHORITY_KEYS: "" })).toThrow(RangeError)
})
