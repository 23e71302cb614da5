import { drawn } from "./chart.ts"
import type { Results } from "./experiments.ts"
import type { Hunt } from "./session.ts"

const SHARES = [0, 20, 40, 60, 80, 100]
const MINUTE = 60_000

/** The pictures of docs/anonymity.md, by name. */
export function pictures({ networks, hunts, linkings, notices, days }: Results): Record<string, string> {
  const users = networks.filter(({ setting }) => setting.name.startsWith("users"))
  const of = (pick: (one: (typeof users)[number]) => number) => users.map((one) => [one.setting.users, pick(one)] as const)
  const people = { name: "people online, profile balanced", marks: [10, 30, 100, 300, 1000], isLogarithmic: true }
  const found = (name: string, hunt: Hunt | undefined) => ({ name, points: (hunt?.guessed ?? []).flatMap((share, i) => ([1, 2, 3, 5, 7, 10, 15, 20, 25, 30].includes(i + 1) ? [[i + 1, 100 * share] as const] : [])) })
  const hunter = (who: Hunt["hunter"], reads: Hunt["reads"]) => hunts.find((one) => one.hunter === who && one.reads === reads && one.setting.users === 20 && one.setting.speed === "balanced")
  return {
    "anonymity-users": drawn({
      title: "What who watches every line does not know of one packet",
      x: people,
      y: { name: "entropy, bits", marks: [0, 2, 4, 6, 8, 10, 12] },
      curves: [
        { name: "formula", points: of((one) => one.formula), isComputed: true },
        { name: "which packet it is", points: of((one) => one.exit.bits) },
        { name: "recipient", points: of((one) => one.recipient.bits) },
        { name: "recipient, dropbox tells", points: of((one) => one.reader.bits) },
        { name: "sender, dropbox tells", points: of((one) => one.sender.bits) },
      ],
    }),
    "anonymity-guess": drawn({
      title: "How often the best guess is right",
      x: people,
      y: { name: "share of guesses", marks: [0, 20, 40, 60, 80], unit: " %" },
      curves: [
        { name: "which packet it is", points: of((one) => 100 * one.exit.guessed) },
        { name: "sender, dropbox tells", points: of((one) => 100 * one.sender.guessed) },
        { name: "recipient", points: of((one) => 100 * one.recipient.guessed) },
        { name: "next box of a stream", points: linkings.map((one) => [one.users, 100 * one.found.guessed] as const) },
      ],
    }),
    "anonymity-session": drawn({
      title: "How soon a gateway and another find a session among 20",
      x: { name: "messages written, or reads that the dropbox links", marks: [1, 5, 10, 15, 20] },
      y: { name: "sessions found", marks: SHARES, unit: " %" },
      curves: [
        found("contact, waiting reads", hunter("contact", "waiting")),
        found("contact, polling reads", hunter("contact", "polling")),
        found("dropbox, waiting reads", hunter("dropbox", "waiting")),
        found("dropbox, polling reads", hunter("dropbox", "polling")),
      ],
    }),
    "anonymity-losses": drawn({
      title: "How soon half of the clients warn of losses",
      x: { name: "requests without an answer", marks: [40, 50, 60, 70, 80, 90, 100], unit: " %" },
      y: { name: "minutes", marks: [1, 3, 10, 30, 100], isLogarithmic: true },
      curves: (["fast", "balanced", "saver"] as const).map((speed) => ({
        name: speed, points: notices.filter((one) => one.speed === speed && one.half !== null).map((one) => [100 * one.lost, one.half! / MINUTE] as const),
      })),
    }),
    "anonymity-days": drawn({
      title: "Who was there whenever one user was, eight times a day",
      x: { name: "days", marks: [1, 5, 10, 15, 20, 25, 30] },
      y: { name: "users left", marks: [1, 3, 10, 30, 100, 300], isLogarithmic: true },
      curves: days.map(({ habit, users: count, left }) => ({ name: `${habit}, ${count}`, points: left.flatMap((one, i) => ([1, 2, 3, 5, 7, 10, 15, 20, 25, 30].includes(i + 1) ? [[i + 1, one] as const] : [])) })),
    }),
  }
}
