import { table } from "../pages.ts"
import type { Network, Results } from "./experiments.ts"
import type { Figures } from "./measures.ts"
import type { Hunt } from "./session.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What was measured, as tables in Markdown, by name; what there is nothing of is left out. */
export function tables(results: Results): Record<string, string> {
  const { networks, hunts, gateways, holds, linkings, notices, days } = results
  const named = (begin: string) => networks.filter(({ setting }) => setting.name.startsWith(begin))
  const all: Record<string, string | null> = {
    users: questions(named("users"), "users", ({ setting }) => String(setting.users)),
    speeds: questions([...named("speed"), ...networks.filter(({ setting }) => setting.name === "users 100")].sort((a, b) => a.formula - b.formula), "profile", ({ setting }) => setting.speed),
    delays: questions([...named("delay"), ...networks.filter(({ setting }) => setting.name === "users 100")].sort((a, b) => a.formula - b.formula), "mean delay", ({ setting }) => `${setting.meanDelay} ms`),
    few: questions(
      networks.filter(({ setting }) => setting.users <= 30 && /^(users|few) /.test(setting.name)).sort((a, b) => a.setting.users - b.setting.users || a.formula - b.formula),
      "users, mean delay", ({ setting }) => `${setting.users}, ${setting.meanDelay} ms`,
    ),
    mixes: questions([...named("mixes"), ...networks.filter(({ setting }) => setting.name === "users 100")].sort((a, b) => a.setting.mixes - b.setting.mixes), "mixes a layer", ({ setting }) => String(setting.mixes)),
    telling: questions(named("telling"), "mixes that tell, of 3 in each layer", ({ setting }) => setting.telling.join(", ")),
    dropped: questions(named("dropped"), "dropped of all others' packets", ({ setting }) => percent(setting.dropped)),
    loopix: tableOf(
      ["packets of a sender in a mean delay", "ε", "a packet among those at the dropboxes, bits", "who sent it, bits"],
      named("loopix").map(({ setting, exit, sender, unlikeness }) => [String(setting.meanDelay / 1000), unlikeness.toFixed(2), bits(exit), bits(sender)]),
    ),
    hunts: tableOf(
      ["who", "reads", "profile", "mean delay", "a message every", "a read waits for it", "sessions at the gateway", "until half are found", "found after 5", "after 10", "after 20"],
      hunts.map((one) => [
        one.hunter === "contact" ? "contact and gateway" : "dropbox and gateway", one.reads, one.setting.speed, `${one.setting.meanDelay} ms`, `${one.setting.writes / MINUTE} min`, percent(one.waited), one.sessions.toFixed(0),
        one.half === null ? `not in ${one.guessed.length}` : `${one.half} ${one.hunter === "contact" ? "messages" : "reads"}`, ...[5, 10, 20].map((count) => foundAfter(one, count)),
      ]),
    ),
    gateways: tableOf(
      ["reads", "a message every", "watched for", "written to or not: told rightly", "by chance"],
      gateways.map(({ reads, writes, length, told, within }) => [reads, `${writes / MINUTE} min`, `${length / HOUR} h`, percent(told), `50 % ± ${percent(within)}`]),
    ),
    holds: tableOf(
      ["profile", "held on average", "reads that wait", "messages for which one waits", "found by contact and gateway after 10 messages", "gateway by itself: told rightly"],
      holds.map(({ speed, meanHold, waiting, waited, found, victims, told }) => [
        speed, `${meanHold / 60} min`, waiting.toFixed(0), percent(waited), `${percent(found)} ± ${percent(1.96 * Math.sqrt((found * (1 - found)) / victims))}`, percent(told),
      ]),
    ),
    linkings: tableOf(
      ["users", "which box is the next of the stream, bits", "best guess"],
      linkings.map(({ users, found }) => [String(users), bits(found), guessed(found)]),
    ),
    notices: tableOf(
      ["profile", "lost", "clients that warned", "half of them within"],
      notices.map(({ speed, lost, warned, half, length }) => [speed, percent(lost), `${percent(warned)} in ${length / HOUR} h`, half === null ? "" : minutes(half)]),
    ),
    days: tableOf(
      ["app open", "users", "left after 1 day", "after 7 days", "after 30 days"],
      days.map(({ habit, users, left }) => [habit, String(users), ...[1, 7, 30].map((day) => left[day - 1]?.toFixed(1) ?? "")]),
    ),
  }
  return Object.fromEntries(Object.entries(all).filter((one): one is [string, string] => one[1] !== null))
}

function questions(networks: readonly Network[], head: string, first: (network: Network) => string): string | null {
  return tableOf(
    [head, "formula", "a packet, bits", "its best guess", "sender, bits", "best guess", "recipient, bits", "best guess", "recipient, dropbox tells", "best guess"],
    networks.map((one) => [first(one), one.formula.toFixed(1), ...[one.exit, one.sender, one.recipient, one.reader].flatMap((figures) => (figures.attempts === 0 ? ["", ""] : [bits(figures), guessed(figures)]))]),
  )
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string | null {
  return rows.length === 0 ? null : table(head, rows)
}

function foundAfter({ guessed: shares }: Hunt, count: number): string {
  const share = shares[count - 1]
  return share === undefined ? "" : percent(share)
}

function bits({ bits: mean, bitsWithin }: Figures): string {
  return `${mean.toFixed(2)} ± ${bitsWithin.toFixed(2)}`
}

function guessed({ guessed: share, guessedWithin }: Figures): string {
  return `${percent(share)} ± ${percent(guessedWithin)}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 && share > 0 ? 1 : 0)} %`
}

function minutes(ms: number): string {
  return `${(ms / MINUTE).toFixed(1)} min`
}
