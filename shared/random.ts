/** Random bytes, handed in: the platform's generator, or a seeded one in a simulation. */
export type Random = (length: number) => Uint8Array

/** Uniform in [0, 1) with 53 bits. */
export function uniform(random: Random): number {
  const bytes = random(7)
  let value = bytes[0]! & 0x1f
  for (let i = 1; i < 7; i++) value = value * 256 + bytes[i]!
  return value / 2 ** 53
}

/** Uniform integer in [0, bound), bound from 1 to 2^32, by rejection. */
export function below(random: Random, bound: number): number {
  if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new RangeError("bound out of range")
  const limit = 2 ** 32 - (2 ** 32 % bound)
  for (;;) {
    const [a, b, c, d] = random(4)
    const value = a! * 0x1000000 + b! * 0x10000 + c! * 0x100 + d!
    if (value < limit) return value % bound
  }
}

/** Exponential with the given mean, in the mean's unit. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - uniform(random))
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)]!
}
