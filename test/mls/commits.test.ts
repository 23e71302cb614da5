import { expect, it } from "vitest"
import { toHex } from "../../shared/bytes.ts"
import { createPair, NOW } from "./support.ts"

it("after a commit both are in the next epoch and read each other", async () => {
  const { mls, invited, joined } = await createPair("commit")
  const made = await mls.commit(invited.state, [], NOW)
  const processed = await mls.process(joined.state, made.commit)
  if (!processed.ok) throw new Error(processed.problem)
  const adopted = await mls.adopt(made.state, made.next.state)
  expect(toHex(adopted.boxContext)).toBe(toHex(processed.next.boxContext))
  expect(await mls.process(made.state, made.commit)).toEqual({ ok: false, problem: "own" })
  const sealed = await mls.seal(adopted.state, new Uint8Array([1]))
  expect(await mls.open(processed.next.state, sealed.message)).toMatchObject({ ok: true, epoch: 2 })
})
