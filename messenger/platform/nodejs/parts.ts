import nodeCrypto from "node:crypto"
import { nodeSymmetric } from "sphinx-packet"
import type { MessengerParts } from "../../ports.ts"
import { systemClock } from "./clock.ts"
import { webSocketLink } from "./link.ts"
import { fastLioness } from "./lioness.ts"
import { systemRandom } from "./random.ts"

/** What Node 22.18 and newer give a messenger. A store (`fileStore`, `memoryStore`) and the network's description make it whole. */
export async function nodeParts(): Promise<Omit<MessengerParts, "store" | "network">> {
  return { link: webSocketLink, clock: systemClock, random: systemRandom, lioness: await fastLioness(), symmetric: nodeSymmetric(nodeCrypto) }
}
