import type { Random } from "../../shared/random.ts"
import { below } from "../../shared/random.ts"
import type { Seen } from "./features.ts"

/** What is left to be told when nothing can: whole conversations, real or not, are called decoys by chance, as many as there are. Boxes of one stay together, for they are alike. */
export function relabelled(seen: readonly Seen[], random: Random): Seen[] {
  const names = new Map(seen.map(({ talk, isDecoy }) => [talk, isDecoy]))
  const labels = [...names.values()]
  for (let i = labels.length - 1; i > 0; i--) {
    const j = below(random, i + 1)
    ;[labels[i], labels[j]] = [labels[j]!, labels[i]!]
  }
  for (const [i, talk] of [...names.keys()].entries()) names.set(talk, labels[i]!)
  return seen.map((one) => ({ ...one, isDecoy: names.get(one.talk)! }))
}
