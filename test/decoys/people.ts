import { encodeContent } from "../../messenger/content/codec.ts"
import { textMessage } from "../../messenger/content/text.ts"
import type { StoredMessage } from "../../messenger/stored.ts"
import type { Random } from "../../shared/random.ts"
import { exponential } from "../../shared/random.ts"
import { seeded } from "../sim/sim-network.ts"
import { VirtualClock } from "../sim/virtual-clock.ts"
import type { Device, Habits } from "./human.ts"
import { DAY, habitsOf, Human } from "./human.ts"
import { acquaint, Town, Townsman } from "./town.ts"

/** So long people have known each other; what they said in that time was not sent through this town, but lies in their messengers. */
const PAST = 6 * DAY
/** A message is confirmed so long after it was read, on average. */
const CONFIRMED = 45_000

interface Said {
  readonly by: number
  readonly sent: number
  readonly length: number
  /** When it was read and confirmed. */
  received: number | null
}

/** A messenger that is only thought of: what is said comes at once, or when the other one is there. */
class Imagined implements Device {
  readonly clock: VirtualClock
  readonly number: number
  isHere = true
  human!: Human
  readonly #said: Map<string, Said[]>
  readonly #others: readonly Imagined[]
  readonly #waiting: (() => void)[] = []

  constructor(clock: VirtualClock, number: number, said: Map<string, Said[]>, others: readonly Imagined[]) {
    this.clock = clock
    this.number = number
    this.#said = said
    this.#others = others
  }

  async arrive(): Promise<void> {
    this.isHere = true
    for (const receive of this.#waiting.splice(0)) receive()
  }

  async leave(): Promise<void> {
    this.isHere = false
  }

  async say(conversation: string, length: number): Promise<void> {
    const [a, b] = conversation.split("-").map(Number) as [number, number]
    const reader = this.#others[a === this.number ? b : a]!
    const said: Said = { by: this.number, sent: this.clock.now(), length, received: null }
    this.#said.get(conversation)!.push(said)
    const receive = () => {
      said.received = this.clock.now()
      reader.human.sees(conversation)
    }
    if (reader.isHere) receive()
    else reader.#waiting.push(receive)
  }
}

/** What people with these habits have said to each other until `now`. `bonds`: closeness, by conversation. */
async function past(habits: readonly Habits[], bonds: ReadonlyMap<string, number>, now: number, random: Random): Promise<Map<string, Said[]>> {
  const clock = new VirtualClock(now - PAST)
  const said = new Map([...bonds.keys()].map((conversation) => [conversation, []]))
  const all: Imagined[] = []
  for (let i = 0; i < habits.length; i++) {
    all.push(new Imagined(clock, i, said, all))
    all[i]!.human = new Human(all[i]!, habits[i]!, random)
  }
  for (const [conversation, closeness] of bonds) for (const i of conversation.split("-")) all[Number(i)]!.human.knows(conversation, closeness)
  for (const { human } of all) await human.begin()
  await clock.run(PAST)
  return said
}

function stored(conversation: string, position: number, { by, sent, length, received }: Said, self: number, random: Random): StoredMessage {
  const own = by === self
  const content = encodeContent(textMessage("x".repeat(length), random(16)))
  const confirmed = own && received !== null ? { state: "received" as const, times: { queued: sent, dropbox: sent, received: received + exponential(random, CONFIRMED) } } : { state: own ? ("dropbox" as const) : null, times: {} }
  return { id: `${conversation} ${position}`, conversation, position, own, content, sent, received: own ? null : received, problem: null, journey: null, ...confirmed }
}

/** People who know each other in a ring, as long as they live on in a town; `days` of it are on record. */
export async function live(seed: string, count: number, days: number): Promise<Town> {
  const town = await Town.start(seed)
  const random = seeded(`people ${seed}`)
  const habits = Array.from({ length: count }, () => habitsOf(random))
  const bonds = new Map(habits.map((_, i) => [`${i}-${(i + 1) % count}`, 1 + Math.floor(exponential(random, 2))]))
  const histories = await past(habits, bonds, town.clock.now(), random)
  const humans: Human[] = []
  for (const [i, habit] of habits.entries()) {
    const device = await Townsman.join(town, `${seed} ${i}`)
    const human = new Human(device, habit, random)
    device.sees = (conversation) => human.sees(conversation)
    humans.push(human)
  }
  for (const [bond, closeness] of bonds) {
    const [a, b] = bond.split("-").map(Number) as [number, number]
    const ids = await acquaint(town.people[a]!, town.people[b]!)
    for (const [i, conversation] of [[a, ids[0]], [b, ids[1]]] as const) {
      await town.people[i]!.remember(conversation, histories.get(bond)!.filter(({ received }) => received !== null).map((said, at) => stored(conversation, at + 1, said, i, random)))
      humans[i]!.knows(conversation, closeness)
    }
  }
  town.begin()
  for (const human of humans) await human.begin()
  await town.clock.run(days * DAY)
  return town
}
