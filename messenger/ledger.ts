import type { NodeView, RecentPacket } from "./network-view.ts"

/**
 * Who could look at what a client does.
 * - app: the server that gave out the program
 * - network: the owner of the network that the device is in, its internet provider
 * - gateway: the layer-1 mix that a packet went in by, in both directions
 * - layer-1, layer-2, layer-3, dropboxes: all of them together, layer-1 without the gateway
 * - directory: the authorities
 * - contact: somebody whom the user writes with
 * - watcher: sees every line between all of these, and holds none of the servers
 */
export const PARTIES = ["network", "gateway", "layer-1", "layer-2", "layer-3", "dropboxes", "contact", "watcher", "app", "directory"] as const
/** One of them. */
export type Party = (typeof PARTIES)[number]

/** Lines of a road: four out to the dropbox, five back to us. */
export const LINES = 9
export const LINES_OUT = 4
/** At the end of this line stands the dropbox. */
const TO_DROPBOX = LINES_OUT - 1

/** What is seen of a packet on one line: nothing; that one passes, and not whose; that it is this user's. */
export type Sight = "nothing" | "passing" | "yours"

/**
 * What is learnt together, beyond counts.
 * - online: that this internet address uses the network, and when
 * - program: the program that runs here came from there
 * - links: where the packets come from and go to next
 * - origin: which gateway each request came in by, and which box it asked for
 * - dropbox: which dropboxes this user's packets went to
 * - box: which boxes this user wrote and read; so, given time, which of them are decoys, for nobody else writes or reads those
 * - whom: whom this user talks to, for they see the other side come to the same boxes
 * - boxes: that boxes are written and read, and when; not by whom
 * - talk: which boxes are those of the conversation with this contact
 * - timing: by comparing times or by holding back answers, and given time: which connection asks for which boxes
 * - flow: by comparing times at all lines, given time and few users: where packets may have gone
 * - contact-timing: which connection is this user's contact's: with waiting reads after some messages, else from times online
 * - text: what the two have written to each other
 */
export type Learned = "online" | "program" | "links" | "origin" | "dropbox" | "box" | "whom" | "boxes" | "talk" | "timing" | "flow" | "contact-timing" | "text"

/** What some parties together could see of some packets. */
export interface Seen {
  /** Packets that left, and answers that came, which they know to be this user's. */
  readonly left: number
  readonly returned: number
  /** Packets and answers that they handed on or saw pass, of which they do not know whose they are. */
  readonly passed: number
  /** What their dropboxes were asked. */
  readonly reads: number
  readonly writes: number
  /** Of so many of this user's packets they know the dropbox; the box. */
  readonly dropboxKnown: number
  readonly boxKnown: number
  readonly learned: readonly Learned[]
}

/**
 * What some parties together see of each line of one packet's road, for certain. Whose a packet is, is known where it leaves or reaches the
 * device; a mix that they hold carries that on to its other side, for it knows which packet that came in is which that goes out; a dropbox does,
 * for it knows which answer belongs to which request. An honest mix does not. The way out counts from
 * the beginning, for a packet that gets lost may have come to its dropbox first; the way back once the answer is here: until then it is not known
 * to have been walked. Guesses are not in it.
 */
export function sights(parties: ReadonlySet<Party>, { journey: { out, back, answered } }: RecentPacket): Sight[] {
  const gateway = out[0]
  const held = [...out, ...back].map((node) => parties.has(partyOf(node, gateway)))
  const walked = answered === null ? LINES_OUT : LINES
  const seen = Array.from({ length: LINES }, (_, line) => {
    if (line >= walked) return false
    const ours = line === 0 || line === LINES - 1
    return parties.has("watcher") || (ours && parties.has("network")) || held[line] === true || held[line - 1] === true
  })
  const yours = seen.map((isSeen, line) => isSeen && (line === 0 || line === LINES - 1))
  const carry = (from: number, to: number, stop: number) => {
    if (yours[from] === true && held[stop] === true && to < walked) yours[to] = true
  }
  // Twice: what is known from the way back may lead further along the way out.
  for (let round = 0; round < 2; round++) {
    for (let stop = 0; stop < LINES - 1; stop++) carry(stop, stop + 1, stop)
    for (let stop = LINES - 2; stop >= 0; stop--) carry(stop + 1, stop, stop)
  }
  return seen.map((isSeen, line) => (yours[line] === true ? "yours" : isSeen ? "passing" : "nothing"))
}

/** What some parties together could see of these packets, and what follows from it; certainty and guesses apart. */
export function whatIsSeen(parties: ReadonlySet<Party>, packets: readonly RecentPacket[]): Seen {
  const roads = packets.map((packet) => ({ packet, lines: sights(parties, packet) }))
  const count = (is: (road: (typeof roads)[number]) => boolean) => roads.filter(is).length
  const holds = (...some: Party[]) => some.every((one) => parties.has(one))
  const asked = (what: RecentPacket["asked"]) => (holds("dropboxes") ? count(({ packet }) => packet.asked === what) : 0)
  const atDropbox = ({ lines }: (typeof roads)[number]) => lines[TO_DROPBOX] === "yours" || lines[TO_DROPBOX + 1] === "yours"
  const dropboxKnown = count(atDropbox)
  const boxKnown = holds("dropboxes") ? dropboxKnown : 0
  const isOnLine = holds("network") || holds("gateway") || holds("watcher")
  const isAllKnown = packets.length > 0 && boxKnown === packets.length
  const mixes = holds("layer-1") || holds("layer-2") || holds("layer-3")

  const learned: [Learned, boolean][] = [
    ["program", holds("app")],
    ["online", isOnLine],
    ["links", mixes || holds("gateway")],
    ["boxes", holds("dropboxes")],
    ["origin", holds("layer-2", "layer-3", "dropboxes") && !holds("gateway")],
    ["dropbox", dropboxKnown > 0 && boxKnown === 0],
    ["box", boxKnown > 0],
    // The other side comes in by another gateway, as a rule.
    ["whom", boxKnown > 0 && holds("layer-1")],
    ["talk", holds("contact", "dropboxes")],
    ["timing", isOnLine && holds("dropboxes") && !isAllKnown],
    ["flow", holds("watcher") && !isAllKnown],
    ["contact-timing", isOnLine && holds("contact")],
    ["text", holds("contact")],
  ]
  return {
    left: count(({ lines }) => lines[0] === "yours"),
    returned: count(({ lines }) => lines[LINES - 1] === "yours"),
    passed: roads.reduce((sum, { lines }) => sum + Number(lines.slice(0, LINES_OUT).includes("passing")) + Number(lines.slice(LINES_OUT).includes("passing")), 0),
    reads: asked("read"),
    writes: asked("write"),
    dropboxKnown,
    boxKnown,
    learned: learned.filter(([, is]) => is).map(([what]) => what),
  }
}

/** Who holds a node, in the road of a packet that went in by `gateway`. */
export function partyOf({ id, role, layer }: NodeView, gateway: NodeView | undefined): Party {
  if (role === "dropbox") return "dropboxes"
  if (id === gateway?.id) return "gateway"
  return layer === 1 ? "layer-1" : layer === 2 ? "layer-2" : "layer-3"
}
