import { anonymityEstimate } from "../../messenger/anonymity.ts"
import type { Speed } from "../../messenger/api.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { Receiving } from "./gateway.ts"
import { receiving } from "./gateway.ts"
import type { Hold } from "./holds.ts"
import { holding } from "./holds.ts"
import type { Linking } from "./linking.ts"
import { link } from "./linking.ts"
import type { Notice } from "./losses.ts"
import { notice } from "./losses.ts"
import type { Outcome, Setting } from "./measure.ts"
import { measure } from "./measure.ts"
import type { Habit, Intersection } from "./presence.ts"
import { intersection } from "./presence.ts"
import type { Hunt, Hunter, HuntSetting } from "./session.ts"
import { hunt } from "./session.ts"

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** A network, what the app's formula says of it, and what was measured. */
export interface Network extends Outcome {
  readonly formula: number
}

export interface Results {
  readonly seed: string
  readonly networks: readonly Network[]
  readonly hunts: readonly Hunt[]
  readonly gateways: readonly Receiving[]
  readonly holds: readonly Hold[]
  readonly linkings: readonly Linking[]
  readonly notices: readonly Notice[]
  readonly days: readonly Intersection[]
}

/** All that docs/anonymity.md tells, or in a few seconds the part of it by which CI sees that something has changed. */
export type Extent = "whole" | "quick"

/** What is not said is the default of a network and of the app. */
export function settingOf(seed: string, name: string, users: number, more: Partial<Setting> = {}): Setting {
  return {
    seed, name, users, speed: "balanced", meanDelay: 500, writes: 2 * MINUTE, mixes: 2, dropboxes: 3, telling: [0, 0, 0], dropped: 0, reads: "waiting", meanHold: defaultParameters.meanHold,
    // As many packets are watched for few people as for many.
    length: Math.max(40 * SECOND, (4000 / users) * SECOND), attempts: 400, ...more,
  }
}

/** What the app says of such a network. */
export function formulaOf({ speed, meanDelay, users, telling, mixes, dropped }: Setting): number {
  return anonymityEstimate(speed, meanDelay, 1 + (users - 1) * (1 - dropped), telling.map((count) => ({ mixes, telling: count }))).bits
}

export function networkOf(setting: Setting): Network {
  return { ...measure(setting), formula: formulaOf(setting) }
}

function settings(seed: string, extent: Extent): Setting[] {
  const make = (name: string, users: number, more: Partial<Setting> = {}) => settingOf(seed, name, users, more)
  const telling = (...mixes: [number, number, number]) => make(`telling ${mixes.join(" ")}`, 100, { mixes: 3, telling: mixes })
  const quick = [10, 30, 100].map((users) => make(`users ${users}`, users))
  const operator = telling(1, 1, 1)
  if (extent === "quick") return [...quick, operator].map((one) => ({ ...one, attempts: 80, length: Math.max(40 * SECOND, one.length / 2) }))
  return [
    ...quick,
    ...[300, 1000].map((users) => make(`users ${users}`, users)),
    ...[10, 30].map((users) => make(`few ${users}`, users, { meanDelay: 2000 })),
    ...(["fast", "saver"] as const).map((speed) => make(`speed ${speed}`, 100, { speed })),
    ...[250, 1000, 2000].map((meanDelay) => make(`delay ${meanDelay}`, 100, { meanDelay })),
    ...[1, 4].map((mixes) => make(`mixes ${mixes}`, 100, { mixes })),
    telling(0, 0, 0), telling(1, 0, 0), operator, telling(2, 2, 2), telling(3, 0, 0), telling(3, 3, 0),
    ...[0.3, 0.5, 0.75, 0.9].map((dropped) => make(`dropped ${dropped}`, 100, { dropped, length: 10 * MINUTE })),
    // Loopix, figure 5: 100 senders, three layers of three, each sender with so many packets in a mean delay.
    ...[0.5, 1, 2].map((packets) => make(`loopix ${packets}`, 100, { speed: "fast", meanDelay: packets * SECOND, mixes: 3 })),
  ]
}

/** Mean times that a read waits, s. */
const HOLDS = [60, 120, 480, 1800]

function hunts(seed: string, extent: Extent): (() => Hunt)[] {
  const make = (users: number, hunter: Hunter, reads: "waiting" | "polling", messages: number, more: Partial<HuntSetting> = {}) => () =>
    hunt({ ...settingOf(seed, `hunt ${users}`, users, { mixes: 1, reads, writes: MINUTE }), ...more }, hunter, messages, extent === "whole" && users < 50 ? 4 : 1)
  if (extent === "quick") return [make(20, "contact", "waiting", 12), make(20, "contact", "polling", 12)]
  return [
    make(20, "contact", "waiting", 20), make(20, "contact", "polling", 20), make(20, "dropbox", "waiting", 20), make(20, "dropbox", "polling", 20),
    make(100, "contact", "waiting", 12),
    make(20, "contact", "waiting", 20, { speed: "fast" }),
    make(20, "contact", "waiting", 20, { speed: "saver" }), make(20, "contact", "polling", 20, { speed: "saver" }),
    make(20, "contact", "waiting", 20, { speed: "saver", writes: 10 * MINUTE }),
    make(20, "contact", "waiting", 20, { meanDelay: 2000 }),
  ]
}

export const HABITS: readonly Habit[] = [
  { name: "always", hours: null, times: 0 },
  { name: "most of the day", hours: 4, times: 5 },
  { name: "now and then", hours: 0.5, times: 8 },
]

/** What is still to be done, each by itself: the same seed gives the same whatever is done before. */
export function plan(seed: string, extent: Extent): { readonly [K in Exclude<keyof Results, "seed">]: readonly (() => Results[K][number])[] } {
  const isWhole = extent === "whole"
  const looks = isWhole ? ([["waiting", MINUTE], ["waiting", 10 * MINUTE], ["polling", MINUTE]] as const) : []
  const losses: readonly (readonly [Speed, number])[] = isWhole ? (["fast", "balanced", "saver"] as const).flatMap((speed) => [0.3, 0.45, 0.6, 0.8, 1].map((share) => [speed, share] as const)) : [["balanced", 0.3], ["balanced", 1]]
  const presences = isWhole ? HABITS.flatMap((habit) => [30, 300].map((users) => [habit, users] as const)) : [[HABITS[2]!, 30] as const]
  return {
    networks: settings(seed, extent).map((setting) => () => networkOf(setting)),
    hunts: hunts(seed, extent),
    gateways: looks.map(([reads, writes]) => () => receiving(seed, 64, "balanced", reads, writes, 2 * HOUR)),
    holds: (isWhole ? (["balanced", "saver"] as const) : []).flatMap((speed) => HOLDS.map((meanHold) => () => {
      const setting = settingOf(seed, "holds", 20, { mixes: 1, writes: 2 * MINUTE, speed, meanHold })
      return holding(setting, 10, 4, MINUTE, 64, 2 * HOUR)
    })),
    linkings: (isWhole ? [10, 30, 100, 300, 1000] : [10, 100]).map((users) => () => link(seed, users, "balanced", 10 * MINUTE, isWhole ? 200 : 150)),
    notices: losses.map(([speed, share]) => () => notice(seed, speed, share, isWhole ? 12 : 5, isWhole ? 2.5 * HOUR : HOUR)),
    days: presences.map(([habit, users]) => () => intersection(seed, users, habit, isWhole ? 30 : 5)),
  }
}

/** The parts of the results. */
export const PARTS: readonly (keyof Omit<Results, "seed">)[] = ["networks", "hunts", "gateways", "holds", "linkings", "notices", "days"]

/** `tell`: called with what is done next. `only`: these parts; the others stay empty. */
export function experiments(seed: string, extent: Extent, tell: (what: string) => void, only: readonly string[] = PARTS): Results {
  const planned = plan(seed, extent)
  const all = PARTS.map((name) => [name, only.includes(name) ? planned[name].map((one, i, { length }) => (tell(`${name} ${i + 1} of ${length}`), one())) : []] as const)
  return rounded({ seed, ...(Object.fromEntries(all) as unknown as Omit<Results, "seed">) })
}

/** To four digits, so that the record is short. */
export function rounded<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === "number" ? Number(one.toPrecision(4)) : one))) as T
}
