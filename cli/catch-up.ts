import type { Messenger, MessengerView, Speed } from "../messenger/api.ts"
import { until, whyLate } from "./engine.ts"

/** Mean time between slots, ms: design.md section 8. */
const SLOT: Record<Speed, number> = { fast: 1000, balanced: 3000, saver: 15_000 }
/** What a round trip at the usual delays stays under, as long as none was measured, ms. */
const ROUND_TRIP = 6000

/**
 * Lets the messenger look into the box of every stream once, and goes on while something comes: after each message the
 * next box is looked into. A box that is empty answers nothing for a long time, so that nothing is there shows only by
 * waiting as long as an answer would take. Calls `news` after each event. Throws Failure where the network was not reached.
 */
export async function catchUp(messenger: Messenger, deadline: AbortSignal, news: () => Promise<unknown>): Promise<void> {
  const view = await messenger.run("view", {})
  const quiet = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const restart = () => {
    clearTimeout(timer)
    timer = setTimeout(() => quiet.abort(), patience(view))
  }
  let online = view.network.link === "online"
  if (online) restart()
  const unsubscribe = messenger.subscribe((event) => {
    const reached = event.type === "network" && event.network.link === "online" && !online
    online ||= reached
    if (reached || (online && event.type === "message" && !event.message.own)) restart()
  })
  try {
    await until(messenger, AbortSignal.any([quiet.signal, deadline]), async () => {
      await news()
      return null
    })
    if (!online) throw await whyLate(messenger, "The boxes could not be looked into")
  } finally {
    clearTimeout(timer)
    unsubscribe()
  }
}

/** How long to wait for an answer after the last one: a slot for each stream, and the way there and back, both with room. */
function patience({ contacts, profile, network }: MessengerView): number {
  const streams = contacts.filter(({ state, blocked }) => !blocked && state !== "failed").length
  return SLOT[profile?.speed ?? "balanced"] * (4 + 2 * streams) + 2 * (network.roundTrip ?? ROUND_TRIP)
}
