/**
 * Why a node did not take something. A closed set: whoever sent it sees none of it (every answer is the same), and
 * counters by any other name could say something of a packet.
 */
const REASONS = [
  "length", // a body that is no header and row of whole packets, or too long
  "sender", // a request of a node that may not send here, or of nobody
  "link", // a request that is old, was taken before, or is not signed by its sender for this node
  "mac", // no key in use opens it: not made for this node, changed on the way, or of another key epoch
  "alpha", // a group element of small order
  "version", // a version of Sphinx that this network does not speak
  "flag", // routing information that says neither forward nor final
  "payload", // the payload was changed on the way; told to nobody
  "replay", // opened before under the same key
  "hop", // the last hop at a mix, or not the last hop at a dropbox
  "next-hop", // the next address is no node that this one may send to, and no session
  "delay", // longer than any honest client draws
  "full", // no room: too many held packets, sessions or packets kept for a session
  "rate", // more than a session may send
  "session", // a frame before the hello, or a second hello
  "malformed", // a frame, a request or a directory document that cannot be decoded or is not signed
] as const

export type Refusal = (typeof REASONS)[number]

export class Refusals {
  readonly #counts = new Map<Refusal, number>(REASONS.map((reason) => [reason, 0]))

  add(reason: Refusal): void {
    this.#counts.set(reason, this.count(reason) + 1)
  }

  count(reason: Refusal): number {
    return this.#counts.get(reason)!
  }

  /**
   * What GET /health tells. A payload is checked where the packet ends and nowhere before, and honest ones are whole: a gateway that
   * breaks one packet of a client would read from the counters of all dropboxes where it went.
   */
  told(): Record<Exclude<Refusal, "payload">, number> {
    const { payload: _, ...told } = this.all()
    return told
  }

  all(): Record<Refusal, number> {
    return Object.fromEntries(this.#counts) as Record<Refusal, number>
  }
}
