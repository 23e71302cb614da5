import { toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { LinkState, NetworkView, Speed } from "./api.ts"
import type { Directories } from "./directories.ts"
import { nodeView } from "./messages.ts"
import { CLOCK_TOLERANCE } from "./timing.ts"
import type { Traffic } from "./traffic.ts"
import { warningOf } from "./traffic.ts"

export interface NetworkState {
  readonly name: string
  readonly id: Uint8Array
  readonly link: LinkState
  readonly gateway: NodeEntry | null
  readonly speed: Speed
  readonly behind: number
  /** How far our clock is ahead of the gateway's, ms. */
  readonly ahead: number
}

/** How the network stands, as people are shown it. */
export function networkView({ id, gateway, ahead, ...state }: NetworkState, { current, history }: Directories, traffic: Traffic): NetworkView {
  const { sent, cover, replies, lost, roundTrip, recent } = traffic
  return {
    ...state,
    id: toHex(id),
    gateway: gateway === null ? null : nodeView(gateway),
    nodes: (current?.nodes ?? []).map(nodeView),
    sent,
    cover,
    replies,
    lost,
    roundTrip,
    directoryEpoch: current?.epoch ?? null,
    recent,
    warning: warningOf(current, history.forked !== null),
    clockOff: Math.abs(ahead) > CLOCK_TOLERANCE ? Math.round(ahead / 1000) : null,
  }
}
