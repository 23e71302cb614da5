import { expect, test } from "vitest"
import { openView, signBundle, signView } from "../../directory/view.ts"
import { toHex } from "../../shared/bytes.ts"
import { networkId } from "../../shared/directory/document.ts"
import { below, pick, uniform } from "../../shared/random.ts"
import type { Member } from "./authority-group.ts"
import { MINUTE, World } from "./authority-world.ts"
import { seeded } from "./seeded.ts"

const SLOTS = [Date.UTC(2027, 0, 15, 12, 20), Date.UTC(2027, 0, 15, 12, 30), Date.UTC(2027, 0, 15, 12, 40)]
/** Each is out of reach of one of the honest two, so that the liar's word decides. */
const CONTESTED = [["http://box-b", 1], ["http://mix1b", 0], ["http://mix2a", 1]] as const

test.each([1, 2, 4, 6])("whatever one of three shows to whom, and when, the other two sign the same in every slot (%d)", async (seed) => {
  const random = seeded(`random liar ${seed}`)
  const prepare = (world: World) => (world.reaches = (url, authority) => !CONTESTED.some(([contested, to]) => contested === url && to === authority))
  const world = await World.start({ latency: 200 }, { prepare, skews: [0, 3_000, -2_000] })
  const { group, clock } = world
  const [first, second, liar] = group.members as [Member, Member, Member]
  const shown = new Map<number, Uint8Array[]>()
  /** A view in which any of the contested nodes may be missing. */
  const variant = async (answer: Uint8Array, slot: number) => {
    const view = await openView(answer, group.authorities)
    const gone = CONTESTED.filter(() => uniform(random) < 0.5).map(([url]) => url as string)
    const { bytes } = signView(liar.identity, networkId(group.authorities), { ...view, nodes: view.nodes.filter(({ entry }) => !gone.includes(entry.url)) })
    shown.set(slot, [...(shown.get(slot) ?? []), bytes])
    return bytes
  }
  const lies = { truth: 0, kept: 0, late: 0, other: 0 }
  /** One lie for each question of each of the two, and the time before which it is not told. */
  const plans = new Map<string, { lie: keyof typeof lies; from: number; said: Promise<Uint8Array> | null }>()
  group.lie = async (from, to, path, answer) => {
    if (from !== liar || answer === null || path === "/directory") return answer
    const [, kind, slot] = /^\/(\w+)\/(\d+)$/.exec(path)!
    const name = `${path} ${to.index}`
    if (!plans.has(name)) {
      const lie = pick(random, ["truth", "kept", "kept", "late", "other", "other"] as const)
      lies[lie]++
      plans.set(name, { lie, from: clock.now() + below(random, 3 * MINUTE), said: null })
    }
    const plan = plans.get(name)!
    if (plan.lie === "truth") return answer
    if (plan.lie === "kept" || (plan.lie === "late" && clock.now() < plan.from)) return null
    const views = [first, second].flatMap((one) => one.authority.serve(`/view/${slot}`, group.now(one)) ?? [])
    plan.said ??=
      kind === "view" ? variant(answer, Number(slot))
      : kind === "views" ? bundleOf(Number(slot), [...(shown.get(Number(slot)) ?? []), await variant(liar.authority.serve(`/view/${slot}`, 0)!, Number(slot)), ...views])
      : Promise.resolve(answer)
    return plan.said
  }
  const bundleOf = async (slot: number, views: readonly Uint8Array[]) =>
    signBundle(liar.identity, networkId(group.authorities), slot, views.filter(() => uniform(random) < 0.7))
  let signed = 0
  for (const slot of SLOTS) {
    await clock.run(slot + 10_000 - clock.now())
    const hashes = [first, second].flatMap((one) => {
      const signature = one.authority.serve(`/signature/${slot}`, group.now(one))
      return signature ? [toHex(signature.slice(32, 64))] : []
    })
    signed += hashes.length
    expect(new Set(hashes).size, `slot ${slot}`).toBeLessThanOrEqual(1)
  }
  expect(signed).toBe(6)
  expect(Object.values(lies).reduce((a, b) => a + b)).toBeGreaterThan(12)
  for (const one of [first, second]) expect(one.authority.health(clock.now())).toMatchObject({ directory: 4, forks: 0 })
})
