/** The road of a message as people are told it: who passed the packet on, and what each of them could see. */
import type { Journey, NodeView } from "../../messenger/network-view.ts"

/** Which sentence of `t.journey.saw` says what a stop saw. */
export type Saw = "gateway" | "middle" | "last" | "dropboxWrite" | "dropboxRead" | "dropboxAsked" | "backFirst" | "backMiddle" | "backGateway"

export interface Stop {
  readonly node: NodeView
  readonly place: "gateway" | "mix" | "dropbox"
  /** Wrappings around the packet when the packet leaves this stop. */
  readonly wrappings: number
  readonly saw: Saw
}

/** From us to the dropbox: every stop takes one wrapping off. */
export function roadOut({ out }: Journey, own: boolean): Stop[] {
  const last = out.length - 1
  return out.map((node, at) => ({
    node,
    place: at === 0 ? "gateway" : at === last ? "dropbox" : "mix",
    wrappings: last - at,
    saw: at === 0 ? "gateway" : at === last ? (own ? "dropboxWrite" : "dropboxRead") : at === last - 1 ? "last" : "middle",
  }))
}

/** From the dropbox to us: every stop puts one wrapping on, and only we can take them off. */
export function roadBack({ back }: Journey): Stop[] {
  const last = back.length - 1
  return back.map((node, at) => ({
    node,
    place: at === last ? "gateway" : "mix",
    wrappings: at + 1,
    saw: at === last ? "backGateway" : at === 0 ? "backFirst" : "backMiddle",
  }))
}

/** All stops in one hand: then nothing is hidden from that hand. */
export function oneOperator({ out, back }: Journey): boolean {
  return new Set([...out, ...back].map(({ operator }) => operator)).size === 1
}
