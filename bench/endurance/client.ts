/**
 * One client of the endurance run, in a process of its own: engine, store on disk and link are those of the command line.
 * Started by people.ts as `client.ts FOLDER`; says and hears plain values over the channel to its parent.
 */
import { openProfile } from "../../cli/profile.ts"
import type { CommandInput, CommandName, MessengerEvent } from "../../messenger/api.ts"
import { createMessenger } from "../../messenger/messenger.ts"
import { systemClock } from "../../messenger/platform/nodejs/clock.ts"
import { webSocketLink } from "../../messenger/platform/nodejs/link.ts"
import { systemRandom } from "../../messenger/platform/nodejs/random.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"

export type Order =
  | { readonly id: number; readonly order: "start"; readonly network: NetworkDescription }
  | { readonly id: number; readonly order: "run"; readonly name: CommandName; readonly input: CommandInput<CommandName> }
  | { readonly id: number; readonly order: "stop" }
export type Answer = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string } | { readonly event: MessengerEvent }

const profile = await openProfile(process.argv[2]!, { make: true })
let messenger: ReturnType<typeof createMessenger> | null = null
const say = (answer: Answer) => void process.send?.(answer)

async function obey(order: Order): Promise<unknown> {
  switch (order.order) {
    case "start":
      messenger = createMessenger({ store: profile.store, link: webSocketLink, clock: systemClock, random: systemRandom, network: order.network })
      messenger.subscribe((event) => say({ event }))
      return messenger.start()
    case "run":
      return messenger!.run(order.name, order.input)
    case "stop":
      return messenger!.stop()
  }
}

process.on("message", (order: Order) => {
  obey(order).then(
    (result) => say({ id: order.id, result: result ?? null }),
    (error: unknown) => say({ id: order.id, error: String(error) }),
  )
})
// Nobody is left to report to.
process.on("disconnect", () => process.exit())
