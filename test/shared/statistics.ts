/** Pearson's statistic for counts that should be equal. */
export function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

/** 99.9th percentiles of the chi-square distribution, by degrees of freedom. */
export const CHI_SQUARE_LIMIT: Readonly<Record<number, number>> = { 1: 10.83, 2: 13.82, 3: 16.27, 5: 20.52, 7: 24.32, 24: 51.18 }

/** Kolmogorov's distance between a sample and a distribution function, times the square root of the sample's size: above 1.95 with 0.1 %. */
export function kolmogorov(sample: readonly number[], distribution: (x: number) => number): number {
  const sorted = [...sample].sort((a, b) => a - b)
  let distance = 0
  sorted.forEach((x, i) => {
    const f = distribution(x)
    distance = Math.max(distance, f - i / sorted.length, (i + 1) / sorted.length - f)
  })
  return distance * Math.sqrt(sorted.length)
}
export const KOLMOGOROV_LIMIT = 1.95

export const exponentialDistribution = (mean: number) => (x: number): number => 1 - Math.exp(-x / mean)

/** The same between two samples, of which nothing is known but whether they are of one distribution: the limit is the same. */
export function kolmogorovOfTwo(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [first, second].map((sample) => [...sample].sort((x, y) => x - y)) as [number[], number[]]
  let distance = 0
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const x = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i]! <= x) i++
    while (j < b.length && b[j]! <= x) j++
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length))
  }
  return distance * Math.sqrt((a.length * b.length) / (a.length + b.length))
}
