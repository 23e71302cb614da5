import type { Random } from "../../shared/random.ts"
import { below } from "../../shared/random.ts"

/** What is known of one thing, as numbers, and what it is. */
export interface Sample {
  readonly features: readonly number[]
  readonly isDecoy: boolean
}

const TREES = 40
const DEPTH = 7
const LEAF_LEAST = 6
/** Thresholds that are tried of a feature, drawn from its values. */
const THRESHOLDS = 12

type Tree = number | { readonly feature: number; readonly threshold: number; readonly low: Tree; readonly high: Tree }

/** A forest of decision trees, each of a draw of the samples, and in each branch the best of some thresholds of some features. */
export function train(samples: readonly Sample[], random: Random): (features: readonly number[]) => number {
  const width = samples[0]!.features.length
  const tried = Math.ceil(Math.sqrt(width)) + 2
  const grow = (some: readonly Sample[], depth: number): Tree => {
    const share = some.filter(({ isDecoy }) => isDecoy).length / some.length
    if (depth === 0 || some.length < 2 * LEAF_LEAST || share === 0 || share === 1) return share
    let best: { feature: number; threshold: number; impurity: number } | null = null
    for (let i = 0; i < tried; i++) {
      const feature = below(random, width)
      for (let j = 0; j < THRESHOLDS; j++) {
        const threshold = some[below(random, some.length)]!.features[feature]!
        let low = 0
        let lowDecoys = 0
        let decoys = 0
        for (const { features, isDecoy } of some) {
          if (isDecoy) decoys++
          if (features[feature]! > threshold) continue
          low++
          if (isDecoy) lowDecoys++
        }
        const high = some.length - low
        if (low < LEAF_LEAST || high < LEAF_LEAST) continue
        const highDecoys = decoys - lowDecoys
        const impurity = (lowDecoys * (low - lowDecoys)) / low + (highDecoys * (high - highDecoys)) / high
        if (best === null || impurity < best.impurity) best = { feature, threshold, impurity }
      }
    }
    if (best === null) return share
    const { feature, threshold } = best
    const isLow = ({ features }: Sample) => features[feature]! <= threshold
    return { feature, threshold, low: grow(some.filter(isLow), depth - 1), high: grow(some.filter((one) => !isLow(one)), depth - 1) }
  }
  const even = balanced(samples)
  const forest = Array.from({ length: TREES }, () => grow(Array.from({ length: samples.length }, () => even(random)), DEPTH))
  return (features) => forest.reduce<number>((sum, tree) => sum + leaf(tree, features), 0) / TREES
}

/** Draws a sample, of either kind as often. */
function balanced(samples: readonly Sample[]): (random: Random) => Sample {
  const kinds = [samples.filter(({ isDecoy }) => isDecoy), samples.filter(({ isDecoy }) => !isDecoy)]
  return (random) => {
    const kind = kinds[below(random, 2)]!
    return kind[below(random, kind.length)]!
  }
}

function leaf(tree: Tree, features: readonly number[]): number {
  let at = tree
  while (typeof at !== "number") at = features[at.feature]! <= at.threshold ? at.low : at.high
  return at
}

/** How well scores tell the two apart: the share of pairs of a decoy and another in which the decoy's is higher. 1/2 is guessing. */
export function areaUnderCurve(scored: readonly { readonly score: number; readonly isDecoy: boolean }[]): number {
  const sorted = [...scored].sort((a, b) => a.score - b.score)
  const decoys = sorted.filter(({ isDecoy }) => isDecoy).length
  let sum = 0
  for (let i = 0; i < sorted.length; ) {
    let end = i
    while (end < sorted.length && sorted[end]!.score === sorted[i]!.score) end++
    for (let j = i; j < end; j++) if (sorted[j]!.isDecoy) sum += (i + 1 + end) / 2
    i = end
  }
  return (sum - (decoys * (decoys + 1)) / 2) / (decoys * (sorted.length - decoys))
}
