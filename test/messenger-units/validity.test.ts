import { expect, test } from "vitest"
import { createMls } from "../../messenger/mls/create.ts"
import { certificateValidity, isFreshAt } from "../../messenger/mls/credential.ts"
import { untimely } from "../../messenger/mls/validity.ts"
import { createPerson, DAY, NOW } from "../mls/support.ts"
import { seeded } from "../nodes/seeded.ts"

const random = seeded("validity")
const mls = createMls({ random })

test.each([
  ["is over for a day", 92, "expired"],
  ["is over for most of a year", 360, "expired"],
  ["comes in two days", -3, "clock"],
  ["comes in most of a year", -360, "clock"],
])("a KeyPackage whose time %s is told apart from one that is not genuine", async (_, days, problem) => {
  const { keyPackage } = await mls.createKeyPackage(createPerson(mls, random).device, NOW)
  const then = NOW + days * DAY
  expect(await mls.inspectKeyPackage(keyPackage, then)).toBe(null)
  expect(await untimely(mls, keyPackage, then)).toBe(problem)
  keyPackage[keyPackage.length - 1]! ^= 1
  expect(await untimely(mls, keyPackage, then)).toBe("not-genuine")
})

test("a certificate is fresh until 100 days are left of it, and not before it is valid", () => {
  const { certificate } = createPerson(mls, random).device
  const fresh = (days: number) => isFreshAt(certificateValidity(certificate), NOW + days * DAY)
  expect([fresh(-3), fresh(0), fresh(200), fresh(264), fresh(266), fresh(400)]).toEqual([false, true, true, true, false, false])
})
