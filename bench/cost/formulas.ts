import { cloudflare } from "./cloudflare.ts"

/** What is billed, of any time. */
export interface Use {
  readonly workerRequests: number
  readonly objectRequests: number
  readonly rowsWritten: number
  readonly rowsRead: number
  readonly gigabyteSeconds: number
}

export type Kind = keyof Use

export const KINDS = ["workerRequests", "objectRequests", "rowsWritten", "rowsRead", "gigabyteSeconds"] as const satisfies readonly Kind[]
export const nothing: Use = { workerRequests: 0, objectRequests: 0, rowsWritten: 0, rowsRead: 0, gigabyteSeconds: 0 }

export function sum(...uses: readonly Use[]): Use {
  return eachKind((kind) => uses.reduce((all, use) => all + use[kind], 0))
}

export function times(use: Use, factor: number): Use {
  return eachKind((kind) => use[kind] * factor)
}

/** Requests to an object as they are billed. */
export function objectRequests({ fetches, calls, alarms, messages }: { readonly fetches: number; readonly calls: number; readonly alarms: number; readonly messages: number }): number {
  return fetches + calls + alarms + messages / cloudflare.messagesPerRequest
}

/**
 * The share of time in which a mix holds at least one packet, where `held` are there on average: arrivals are independent of each other and so are the times of
 * holding, so their number is Poisson's. Then its timer is set, and it does not hibernate.
 */
export function awakeShare(held: number): number {
  return 1 - Math.exp(-held)
}

/**
 * Rows written per packet by a mix that holds `held` packets on average. A departure writes one row where a packet came since the departure before, for the row holds the tags of all that
 * came meanwhile. It leaves n others behind, n being Poisson's; from then on packets come at the rate of `held` and go at that of n (in units of one over the mean delay), so that one comes first with
 * held / (n + held). 1 in a quiet network, one half in a busy one.
 */
export function rowsPerPacket(held: number): number {
  if (held === 0) return 1
  // Poisson's weights far from the mean are nothing.
  const most = Math.ceil(held + 12 * Math.sqrt(held) + 20)
  let rows = 0
  for (let n = 0, logWeight = -held; n <= most; n++, logWeight += Math.log(held / n)) rows += Math.exp(logWeight) * (held / (n + held))
  return rows
}

/** Dollars a month on the paid plan of one account that uses so much in it: the plan's own, and what is beyond what it includes. */
export function monthly(use: Use): number {
  const { monthly: base, included, perMillion } = cloudflare.paid
  return KINDS.reduce<number>((dollars, kind) => dollars + (Math.max(0, use[kind] - included[kind]) / 1e6) * perMillion[kind], base)
}

/** Dollars for this much where all that is included is used up already. */
export function beyond(use: Use): number {
  return KINDS.reduce((dollars, kind) => dollars + (use[kind] / 1e6) * cloudflare.paid.perMillion[kind], 0)
}

export interface Limit {
  readonly kind: Kind
  /** Clients that fit, 0 where not even the idle node does; Infinity where more than a million do. */
  readonly clients: number
}

/** How many clients the free plan's day carries, by each limit, the one that ends first in front. `day` is what so many clients use of an account, and rises with them. */
export function freeLimits(day: (clients: number) => Use): readonly [Limit, Limit, ...Limit[]] {
  const limits = KINDS.map((kind) => ({ kind, clients: most((clients) => day(clients)[kind] <= cloudflare.free[kind]) }))
  return limits.sort((a, b) => a.clients - b.clients) as [Limit, Limit, ...Limit[]]
}

const MOST = 1e6

/** The largest number, to three digits, with which something that ends at some number still holds. */
function most(holds: (clients: number) => boolean): number {
  if (!holds(0)) return 0
  if (holds(MOST)) return Infinity
  let [low, high] = [0, MOST]
  while (high - low > high / 2000) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}

function eachKind(of: (kind: Kind) => number): Use {
  return Object.fromEntries(KINDS.map((kind) => [kind, of(kind)])) as Record<Kind, number>
}
