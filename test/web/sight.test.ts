import { expect, test } from "vitest"
import type { RecentPacket } from "../../messenger/network-view.ts"
import { sightOfWay, sightsOfAll, span, wrappingsFor } from "../../web/state/sight.ts"
import { node } from "./views.ts"

const packet = (sent: number, answered: number | null): RecentPacket => ({
  carried: "cover", asked: "read", held: false, lost: false,
  journey: { out: [node(1), node(2), node(3), node(0)], back: [node(1), node(2), node(3), node(1)], sent, answered },
})

test("of many packets each line shows the most that is seen of any", () => {
  expect(sightsOfAll(new Set(["network"]), [packet(2, null), packet(1, 3)])).toEqual(["yours", ...Array.from({ length: 7 }, () => "nothing"), "yours"])
  expect(sightsOfAll(new Set(["layer-2"]), [packet(2, null)]).slice(4)).toEqual(Array.from({ length: 5 }, () => "nothing"))
  expect(sightsOfAll(new Set(["watcher"]), [])).toEqual(Array.from({ length: 9 }, () => "nothing"))
})

test("a packet is drawn as yours only for those who see it leave the device or come back", () => {
  const ways = (party: "gateway" | "layer-3" | "contact") => (["out", "back"] as const).map((way) => sightOfWay(sightsOfAll(new Set([party]), [packet(1, 2)]), way))
  expect(ways("gateway")).toEqual(["yours", "yours"])
  expect(ways("layer-3")).toEqual(["passing", "passing"])
  expect(ways("contact")).toEqual(["nothing", "nothing"])
})

test("of several the one that has the packet at its barest counts, and who never has it does not", () => {
  expect(wrappingsFor(new Set(["network", "layer-3", "directory"]))).toBe(1)
  expect(wrappingsFor(new Set(["directory", "app"]))).toBe(null)
})

test("how far back the packets go is said to the second at first, then to the minute", () => {
  expect(span("en", [packet(50_000, null)], 61_200)).toBe("11\u00a0sec")
  expect(span("en", [packet(0, null)], 284_000)).toBe("5\u00a0min")
  expect(span("en", [], 284_000)).toBe("0.0\u00a0sec")
})
