import nodeCrypto from "node:crypto"
import { nodeSymmetric } from "sphinx-packet"
import type { MessengerParts } from "../../ports.ts"
import { systemClock } from "./clock.ts"
import { webSocketLink } from "./link.ts"
import { fastLioness } from "./lioness.ts"
import { systemRandom } from "./random.ts"

/** What Node 22.18 and newer give a messenger. A store (`fileStore`, `memoryStore`) and the network's description make it whole. */
export async function nodeParts(): Promise<Omit<MessengerParts, "store" | "network">> {
  // A program that was bundled into one file does not have the module beside it: the cipher in JavaScript does the same, ten times as slow.
  const lioness = await fastLioness().catch(() => undefined)
  return { link: webSocketLink, clock: systemClock, random: systemRandom, lioness, symmetric: nodeSymmetric(nodeCrypto) }
}
