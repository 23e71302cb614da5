import type { Speed } from "../../messenger/api.ts"
import { table } from "../pages.ts"
import type { Crowd, Rates, Role } from "./days.ts"
import { boxesOf, dayOf, ROLES } from "./days.ts"
import type { Kind, Limit, Use } from "./formulas.ts"
import { awakeShare, beyond, freeLimits, monthly, rowsPerPacket, sum, times } from "./formulas.ts"
import type { Measured } from "./measure.ts"
import { arrived, messageCost, ratesOf, rowsPerArrival, slotCost, wholeSlot } from "./rates.ts"

const SPEEDS: readonly Speed[] = ["fast", "balanced", "saver"]
const MONTH = 30
const HOURS = 24
/** Somebody who is taken for everybody: hours a day online, messages a day. */
const PERSON = { hours: 2, messages: 50 }
const MEAN_DELAY = 0.5

const NAMES: Readonly<Record<Kind, string>> = {
  workerRequests: "requests to Workers",
  objectRequests: "requests to objects",
  rowsWritten: "rows written",
  rowsRead: "rows read",
  gigabyteSeconds: "being awake",
}

/** Clients that are online all day, or people who are online for a part of it, spread over the day. */
const clientsOf = (count: number, speed: Speed): Crowd => ({ clients: count, speed, boxes: count * boxesOf(HOURS, PERSON.messages) })
const peopleOf = (count: number, speed: Speed): Crowd => ({ clients: (count * PERSON.hours) / HOURS, speed, boxes: count * boxesOf(PERSON.hours, PERSON.messages) })

export function costTables(measured: Measured): Record<string, string> {
  const rates = ratesOf(measured)
  return { "cost-message": messageTable(measured), "cost-load": loadTable(measured), ...(measured.idle === null ? {} : { "cost-idle": idleTable(rates), "cost-money": moneyTable(rates), "cost-free": freeTable(rates) }) }
}

function messageTable(measured: Measured): string {
  const groups = (["layer 1", "layer 2", "layer 3", "dropbox"] as const).map((group) => [group === "dropbox" ? "the dropboxes" : group, slotCost(group, measured)] as const)
  const rows = [...groups, ["**a slot, all nodes**", wholeSlot(measured)] as const, ["**a message**", messageCost(measured)] as const]
  const cells = rows.map(([name, { workerRequests, objectRequests, rowsWritten, cpu }]) => [name, workerRequests.toFixed(2), objectRequests.toFixed(2), rowsWritten.toFixed(2), cpu.toFixed(1)])
  return table(["", "requests to Workers", "requests to objects", "rows written", "CPU, ms"], cells)
}

/** What was counted beside what the formulas say that this load does to a mix. */
function loadTable({ clients, busy }: Measured): string {
  const rows = (["layer 1", "layer 2", "layer 3"] as const).map((layer) => {
    const counts = busy[layer]
    const awake = counts.objects["MixNode"]!.awake / 1000 / counts.seconds / counts.nodes
    const held = (arrived(counts) / counts.seconds / counts.nodes) * MEAN_DELAY
    return [layer, `${arrived(counts)}`, held.toFixed(2), rowsPerArrival({ ...busy, "layer 1": counts, "layer 2": counts, "layer 3": counts }).toFixed(2), rowsPerPacket(held).toFixed(2), percent(awake), percent(awakeShare(held))]
  })
  return table([`${clients} clients, ${Math.round(busy["layer 1"].seconds)} s`, "packets", "held by each mix", "rows a packet", "by the formula", "awake", "by the formula"], rows)
}

function idleTable({ idle }: Rates): string {
  const rows = [...ROLES, "authority" as const].map((role) => {
    const { workerRequests, objectRequests, rowsWritten, gigabyteSeconds } = idle[role]
    return [role, ...[workerRequests, objectRequests, rowsWritten, gigabyteSeconds].map(whole)]
  })
  return table(["a day without clients, three authorities", "requests to Workers", "requests to objects", "rows written", "GB-s"], rows)
}

function moneyTable(rates: Rates): string {
  const rows = SPEEDS.map((speed) => {
    const client = beyond(times(more(rates, (count) => clientsOf(count, speed)), MONTH))
    const person = beyond(times(more(rates, (count) => peopleOf(count, speed)), MONTH))
    const million = (1e6 / (PERSON.messages * MONTH)) * person
    return [speed, dollars(client), dollars(person), dollars(million), ...[0, 10, 100, 1000].map((people) => dollars(networkMonth(rates, peopleOf(people, speed))))]
  })
  return table(["", "a client online all day", "a person", "a million messages", "the network for nobody", "for 10 people", "for 100", "for 1,000"], rows)
}

/** What one more takes of all nodes of a network in a day, where there are some hundreds. */
function more(rates: Rates, crowd: (count: number) => Crowd): Use {
  const [few, many] = [200, 400]
  return times(sum(networkDay(rates, crowd(many)), times(networkDay(rates, crowd(few)), -1)), 1 / (many - few))
}

function networkDay(rates: Rates, crowd: Crowd): Use {
  return sum(...operators(rates, crowd))
}

/** The paid plan of three operators, a month: each has a mix of another layer and an authority, two have a dropbox. */
function networkMonth(rates: Rates, crowd: Crowd): number {
  return operators(rates, crowd).reduce((all, day) => all + monthly(times(day, MONTH)), 0)
}

function operators(rates: Rates, crowd: Crowd): Use[] {
  const { authority } = rates.idle
  const day = (role: Role) => dayOf(role, crowd, rates)
  return [sum(day("layer 1"), day("dropbox"), authority), sum(day("layer 2 or 3"), day("dropbox"), authority), sum(day("layer 2 or 3"), authority)]
}

function freeTable(rates: Rates): string {
  const rows = ROLES.flatMap((role) => SPEEDS.map((speed) => {
    const [first, second] = freeLimits((count) => dayOf(role, clientsOf(count, speed), rates))
    const [people] = freeLimits((count) => dayOf(role, peopleOf(count, speed), rates))
    return [role, speed, number(first.clients), limit(first), `${limit(second)} (${number(second.clients)})`, number(people.clients), limit(people)]
  }))
  return table(["an account with one", "", "clients online all day", "ends first", "then", "people", "ends first"], rows)
}

const limit = ({ kind }: Limit) => NAMES[kind]
const percent = (share: number) => `${Math.round(100 * share)} %`
const dollars = (amount: number) => `$${amount < 10 ? amount.toFixed(2) : whole(amount)}`

/** Rounded down: what is said to fit has to. */
function number(count: number): string {
  if (count === Infinity) return "no end"
  return count < 10 ? (Math.floor(10 * count) / 10).toFixed(1) : whole(Math.floor(count))
}

function whole(count: number): string {
  return Math.round(count).toLocaleString("en-US")
}
