import { publicEd25519 } from "../ed25519.ts"
import { KEY_LENGTH } from "../geometry.ts"
import type { NodeId } from "../names.ts"
import { sized } from "../names.ts"
import type { Random } from "../random.ts"
import type { NodeStorage } from "./effect.ts"

/** Where the seed lies. */
export const SEED = "identity"

/** The Ed25519 pair that a node or an authority is known by. */
export interface Identity {
  readonly seed: Uint8Array
  readonly id: NodeId
}

/** What the storage holds, or what is made now and never changes again. */
export function loadIdentity(storage: NodeStorage, random: Random): Identity {
  let seed = storage.get(SEED)
  if (seed === null) {
    seed = random(KEY_LENGTH)
    storage.put(SEED, seed)
  }
  return { seed, id: sized("NodeId", publicEd25519(seed)) }
}
