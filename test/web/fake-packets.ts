/** The network of the canned data, and the packets that leave in it. */
import type { Journey, Lately, NodeView, RecentPacket } from "../../messenger/network-view.ts"

const MINUTE = 60_000

const node = (layer: number, letter: string, operator: string): NodeView => ({
  id: `${layer}${letter}`,
  role: layer === 0 ? "dropbox" : "mix",
  layer,
  operator,
  provider: { Wren: "Hetzner", Osprey: "Cloudflare", Heron: "OVH" }[operator] ?? "Cloudflare",
  host: `${layer === 0 ? "box" : "mix"}-${layer}${letter}.${operator.toLowerCase()}.example`,
})
export const NODES = [
  node(1, "a", "Wren"), node(1, "b", "Wren"), node(2, "a", "Osprey"), node(2, "b", "Osprey"), node(3, "a", "Heron"), node(3, "b", "Heron"), node(0, "a", "Wren"), node(0, "b", "Osprey"),
]
export const GATEWAY = NODES[0] as NodeView

let serial = 0
const pick = (layer: number): NodeView => NODES.filter((one) => one.layer === layer)[(serial++ * 7919) % 13 % 2] as NodeView

export const journey = (sent: number, answered: number | null): Journey => ({ out: [GATEWAY, pick(2), pick(3), pick(0)], back: [pick(1), pick(2), pick(3), GATEWAY], sent, answered })

/** The packets of the last five minutes, newest first. */
export class FakePackets {
  all: readonly RecentPacket[] = []
  #nth = 0

  /** As if the app had been running for a while. */
  fill(now: number): void {
    this.all = Array.from({ length: 96 }, (_, age) => now - (age + 1) * 2900).map((at, age) => this.#packet(at, at + 2800 + ((age * 37) % 11) * 100))
  }

  /** One more leaves, and answers come. */
  next(now: number): RecentPacket {
    const packet = this.#packet(now, null)
    const isDue = ({ held, journey: { sent, answered } }: RecentPacket) => answered === null && !held && now - sent > 2500
    const answered = (one: RecentPacket) => (isDue(one) ? { ...one, journey: { ...one.journey, answered: one.journey.sent + 3100 } } : one)
    this.all = [packet, ...this.all.filter(({ journey: { sent } }) => now - sent < 5 * MINUTE).map(answered)]
    return packet
  }

  lately(now: number): Lately {
    const since = this.all.at(-1)?.journey.sent ?? now
    const count = (is: (packet: RecentPacket) => boolean) => this.all.filter(is).length
    return { seconds: Math.round((now - since) / 1000), sent: this.all.length, cover: count(({ carried }) => carried === "cover"), replies: count(({ journey }) => journey.answered !== null), lost: 0 }
  }

  #packet(sent: number, answered: number | null): RecentPacket {
    const nth = this.#nth++
    const carried = nth % 19 === 4 ? "write" : nth % 11 === 2 ? "read" : "cover"
    const asked = carried === "write" || nth % 23 === 5 ? "write" : "read"
    const held = nth % 4 === 1 && asked === "read"
    return { carried, asked, held, lost: false, journey: journey(sent, held && nth % 8 === 1 ? null : answered) }
  }
}
