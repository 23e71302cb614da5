import { beforeAll, expect, it } from "vitest"
import type { Trio } from "./trio.ts"
import { createTrio } from "./trio.ts"
import { NOW } from "./support.ts"

let trio: Trio

beforeAll(async () => {
  trio = await createTrio("past epochs")
})

/** The third's state some epochs later, and what the others wrote in each epoch before. */
async function later(epochs: number): Promise<{ state: Uint8Array; written: { by: number; epoch: number; message: Uint8Array }[] }> {
  const { mls } = trio
  let [a, b, c] = trio.states
  const written = []
  for (let i = 0; i < epochs; i++) {
    const { epoch } = await mls.read(c)
    const [fromA, fromB] = [await mls.seal(a, new Uint8Array([i])), await mls.seal(b, new Uint8Array([i]))]
    written.push({ by: 0, epoch, message: fromA.message }, { by: 1, epoch, message: fromB.message })
    const made = await mls.commit(fromA.state, [], NOW)
    const [atB, atC] = [await mls.process(fromB.state, made.commit), await mls.process(c, made.commit)]
    if (!atB.ok || !atC.ok) throw new Error("not followed")
    a = (await mls.adopt(made.state, made.next.state)).state
    ;[b, c] = [atB.next.state, atC.next.state]
  }
  return { state: c, written }
}

it("what was written 32 epochs ago is read, and of what is older its epoch is not known", { timeout: 60_000 }, async () => {
  const { state, written } = await later(33)
  const [first, , second] = written
  expect(await trio.mls.open(state, first!.message)).toEqual({ ok: false, problem: "other-epoch" })
  expect(await trio.mls.open(state, second!.message)).toMatchObject({ ok: true, plaintext: new Uint8Array([1]) })
})

it("of each leaf only what is needed can still be read, and an epoch of which nothing is needed leaves nothing", async () => {
  const { mls } = trio
  const { state, written } = await later(4)
  expect(await mls.narrow(state, () => true)).toBe(state)
  const from = written[2]!.epoch
  // The first has left two epochs, the second one.
  const isNeeded = (leaf: number, epoch: number) => (leaf === 0 ? epoch > from : leaf === 1 && epoch >= from)
  const narrowed = await mls.narrow(state, isNeeded)
  expect(narrowed.length).toBeLessThan(state.length)
  // Also from its bytes alone.
  for (const bytes of [narrowed, narrowed.slice()]) {
    for (const { by, epoch, message } of written) {
      const { ok } = await mls.open(bytes.slice(), message)
      expect(ok, `leaf ${by}, epoch ${epoch}`).toBe(isNeeded(by, epoch))
    }
  }
  const sealed = await mls.seal(narrowed, new Uint8Array([9]))
  const nothing = await mls.narrow(sealed.state, () => false)
  expect(nothing.length).toBeLessThan(narrowed.length)
  expect(await mls.narrow(nothing, () => false)).toBe(nothing)
  for (const { message } of written) expect((await mls.open(nothing.slice(), message)).ok).toBe(false)
})
