import { expect, test } from "vitest"
import { groupStorm } from "./group-storm.ts"

const MINUTE = 60_000

test("a group changes while a fifth of all requests get lost and people are stopped: who is in it has every message once and in order, nobody else has any, and all are of one state", async () => {
  const { lost, doubled, disordered, foreign, states, sent, changes, restarts, absences } = await groupStorm({
    seed: "1",
    people: 4,
    messages: 40,
    loss: 0.2,
    gap: 10_000,
    changes: 0.75 * MINUTE,
    restarts: 10 * MINUTE,
    within: 12 * 60 * MINUTE,
    atDesk: true,
  })
  expect({ lost, doubled, disordered, foreign, states, sent }).toEqual({ lost: 0, doubled: 0, disordered: 0, foreign: 0, states: 1, sent: 40 })
  expect(Math.min(changes, restarts, absences)).toBeGreaterThan(0)
}, 900_000)
