import type { MessengerParts } from "../../ports.ts"
import { clock, random } from "./clock.ts"
import { link } from "./link.ts"

/**
 * What a browser gives a messenger, best in a dedicated worker, whose timers are not slowed down. A store (`openStore`,
 * `memoryStore`) and the network's description make it whole; `lioness` is for the caller to fetch (see sphinx-packet), for how its
 * module is had depends on the bundler.
 */
export function browserParts(): Pick<MessengerParts, "link" | "clock" | "random"> {
  return { link, clock, random }
}
