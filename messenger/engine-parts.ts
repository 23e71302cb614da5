import type { Sphinx, X25519 } from "sphinx-packet"
import type { Random } from "../shared/random.ts"
import type { Mls } from "./mls/mls.ts"
import type { NetworkDescription, Store } from "./ports.ts"

/** What the engine is handed. */
export interface EngineParts {
  readonly store: Store
  readonly random: Random
  readonly now: () => number
  readonly mls: Mls
  readonly sphinx: Sphinx
  readonly x25519: X25519
  readonly network: NetworkDescription
}
