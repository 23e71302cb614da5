import type { Messenger } from "../messenger/api.ts"
import type { Door } from "./engine.ts"
import { until, whyLate } from "./engine.ts"

/**
 * Lets the messenger look into the box of every stream, and on into the next where something lay, until nothing more
 * is there. Calls `news` after each event. Throws Failure where that could not be done in time.
 */
export async function catchUp(messenger: Messenger, door: Door, deadline: AbortSignal, news: () => Promise<unknown>): Promise<void> {
  const done = await until(messenger, deadline, async () => {
    // Whom it lets in has a stream that nobody has looked into yet.
    await door.settled()
    await news()
    const { network } = await messenger.run("view", {})
    return network.link === "online" && network.behind === 0 ? network : null
  })
  if (done === null) throw await whyLate(messenger, "Not every box could be looked into")
}
