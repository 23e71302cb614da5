import { expect, test } from "vitest"
import type { Trip } from "../../messenger/courier.ts"
import { Traffic } from "../../messenger/traffic.ts"

const trip = (sent: number, more: Partial<Trip> = {}): Trip => ({ carried: "cover", asked: "read", out: [], back: [], hold: 0, sent, answered: null, lost: false, ...more })

test("packets are remembered for five minutes, the newest first, and no more of them than 500", () => {
  const traffic = new Traffic()
  for (let at = 0; at <= 400; at++) traffic.left(trip(at * 1000))
  expect(traffic.packets(400_000).map(({ journey }) => journey.sent / 1000)).toEqual(Array.from({ length: 301 }, (_, age) => 400 - age))
  expect(traffic.packets(10_000_000)).toEqual([])
  for (let at = 0; at < 600; at++) traffic.left(trip(20_000_000 + at))
  expect(traffic.packets(20_000_600)).toHaveLength(500)
  expect(traffic.recent(20_000_600)).toHaveLength(12)
})

test("what is told of lately counts cover, answers and losses, and a late answer is no loss", () => {
  const traffic = new Traffic()
  traffic.left(trip(0, { carried: "write", asked: "write", answered: 3000 }))
  traffic.left(trip(10_000, { lost: true }))
  traffic.left(trip(20_000, { lost: true, answered: 90_000 }))
  traffic.left(trip(30_000, { hold: 400 }))
  expect(traffic.lately(60_000)).toEqual({ seconds: 60, sent: 4, cover: 3, replies: 2, lost: 1 })
  expect(traffic.packets(60_000).map(({ held, lost }) => [held, lost])).toEqual([[true, false], [false, false], [false, true], [false, false]])
})
