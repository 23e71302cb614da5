import type { Directory } from "./directory/document.ts"
import type { NodeEntry } from "./directory/descriptor.ts"
import type { SphinxKey } from "./names.ts"
import type { Random } from "./random.ts"
import { exponential, pick } from "./random.ts"

/** A node with the delay that a packet waits there, in ms. */
export interface Hop {
  readonly node: NodeEntry
  readonly delay: number
}

/** The Sphinx key that packets made at `now` (ms) use at this node; null where the directory lists none for the epoch. */
export function keyAt(node: NodeEntry, keyEpochSeconds: number, now: number): SphinxKey | null {
  const epoch = Math.floor(now / 1000 / keyEpochSeconds)
  return node.keys.find((key) => key.epoch === epoch)?.key ?? null
}

export interface Choice {
  /** Which nodes may be drawn now: with a key for the epoch, and not avoided. */
  readonly usable: (node: NodeEntry) => boolean
  readonly random: Random
}

/** Gateway, one mix each of layers 2 and 3, dropbox: each uniform, each mix with an exponential delay. null where a layer is empty. */
export function forwardRoute(directory: Directory, gateway: NodeEntry, dropbox: NodeEntry, choice: Choice): Hop[] | null {
  const second = draw(directory.layers[1], choice)
  const third = draw(directory.layers[2], choice)
  if (second === null || third === null) return null
  return [delayed(directory, gateway, choice), delayed(directory, second, choice), delayed(directory, third, choice), { node: dropbox, delay: 0 }]
}

/**
 * The nodes of a reply's way, in order: one of all of layer 1 (the own gateway included, or its absence would point at it), one each of
 * layers 2 and 3, the gateway. The client itself, the fifth hop, is the caller's to add.
 */
export function replyRoute(directory: Directory, gateway: NodeEntry, choice: Choice): Hop[] | null {
  const first = draw(directory.layers[0], choice)
  const second = draw(directory.layers[1], choice)
  const third = draw(directory.layers[2], choice)
  if (first === null || second === null || third === null) return null
  return [first, second, third, gateway].map((node) => delayed(directory, node, choice))
}

function draw(nodes: readonly NodeEntry[], { usable, random }: Choice): NodeEntry | null {
  const candidates = nodes.filter(usable)
  return candidates.length === 0 ? null : pick(random, candidates)
}

function delayed(directory: Directory, node: NodeEntry, { random }: Choice): Hop {
  return { node, delay: exponential(random, directory.parameters.meanDelay) }
}
