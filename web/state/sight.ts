/** What parties see, as the ledger draws it. Pure. */
import type { Party, Sight } from "../../messenger/ledger.ts"
import { LINES, LINES_OUT, sights } from "../../messenger/ledger.ts"
import type { RecentPacket } from "../../messenger/network-view.ts"
import { duration } from "../text/time.ts"

const WEIGHT: Record<Sight, number> = { nothing: 0, passing: 1, yours: 2 }

/** How far back they go, in words: to the minute, once there are some. */
export function span(tag: string, packets: readonly RecentPacket[], at: number): string {
  const length = Math.max(0, at - (packets.at(-1)?.journey.sent ?? at))
  const unit = length < 90_000 ? 1000 : 60_000
  return duration(tag, Math.round(length / unit) * unit)
}

/** What is seen at most of each line of all these roads. */
export function sightsOfAll(parties: ReadonlySet<Party>, packets: readonly RecentPacket[]): Sight[] {
  const most: Sight[] = Array.from({ length: LINES }, () => "nothing")
  for (const packet of packets) for (const [line, sight] of sights(parties, packet).entries()) if (WEIGHT[sight] > WEIGHT[most[line] ?? "nothing"]) most[line] = sight
  return most
}

/** Of one way of a road: whether it is known whose it is, or only seen to pass. */
export function sightOfWay(lines: readonly Sight[], way: "out" | "back"): Sight {
  const own = way === "out" ? lines[0] : lines[LINES - 1]
  if (own === "yours") return "yours"
  const part = way === "out" ? lines.slice(0, LINES_OUT) : lines.slice(LINES_OUT)
  return part.some((sight) => sight !== "nothing") ? "passing" : "nothing"
}

/** Wrappings that are left around a packet where each of them has it at its barest; null: never has it. */
const WRAPPINGS: Record<Party, number | null> = { app: null, network: 4, gateway: 3, "layer-1": 2, "layer-2": 2, "layer-3": 1, dropboxes: 0, directory: null, contact: null, watcher: 4 }

export function wrappingsFor(parties: ReadonlySet<Party>): number | null {
  const left = [...parties].map((party) => WRAPPINGS[party]).filter((n) => n !== null)
  return left.length === 0 ? null : Math.min(...left)
}
