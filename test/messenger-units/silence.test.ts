import { expect, test } from "vitest"
import { Silence } from "../../messenger/silence.ts"
import { dropboxNumber } from "./errands.ts"

const SECOND = 1000
const dropbox = dropboxNumber(1)

test("a dropbox is silent when nothing came from it for a minute and many requests, and no more at its first answer", () => {
  const silence = new Silence()
  for (let i = 0; i <= 10; i++) {
    expect(silence.isSilent(dropbox, i * 12 * SECOND)).toBe(i >= 5)
    silence.lost(dropbox, i * 12 * SECOND)
  }
  expect(silence.isSilent(dropboxNumber(2), 120 * SECOND)).toBe(false)
  silence.heard(dropbox)
  expect(silence.isSilent(dropbox, 120 * SECOND)).toBe(false)
})

test("many losses at once, or few over a long time, are no silence", () => {
  const silence = new Silence()
  for (let i = 0; i < 50; i++) silence.lost(dropbox, 0)
  expect(silence.isSilent(dropbox, 59 * SECOND)).toBe(false)
  const rare = new Silence()
  for (let i = 0; i < 4; i++) rare.lost(dropbox, i * 600 * SECOND)
  expect(rare.isSilent(dropbox, 2400 * SECOND)).toBe(false)
})
