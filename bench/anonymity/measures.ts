import type { Likelihoods } from "./observer.ts"
import { scaled } from "./observer.ts"
import type { Packet } from "./traffic.ts"

/** Of many attempts of an adversary at one question. */
export interface Figures {
  readonly attempts: number
  /** Mean entropy of what the adversary believes, bits, and half of the 95 % confidence interval. */
  readonly bits: number
  readonly bitsWithin: number
  /** Share of attempts in which the likeliest answer was right, and half of the 95 % confidence interval. */
  readonly guessed: number
  readonly guessedWithin: number
  /** The mean likelihood that the adversary gave the right answer, and the one that it expected to give: equal where the reckoning is right. */
  readonly given: number
  readonly expected: number
}

export interface Attempt {
  readonly bits: number
  readonly isRight: boolean
  readonly given: number
  readonly expected: number
}

/** Bits. */
export function entropy(likelihoods: Iterable<number>): number {
  let bits = 0
  for (const p of likelihoods) if (p > 0) bits -= p * Math.log2(p)
  return bits
}

/** `answerOf`: what is asked for of a packet, e.g. the client that it goes to. */
export function attempt<Answer>(likelihoods: Likelihoods, answerOf: (packet: Packet) => Answer, right: Answer): Attempt {
  const answers = new Map<Answer, number>()
  for (const [packet, likelihood] of likelihoods) answers.set(answerOf(packet), (answers.get(answerOf(packet)) ?? 0) + likelihood)
  const believed = scaled(answers)
  const best = [...believed].reduce<readonly [Answer | null, number]>((a, b) => (b[1] > a[1] ? b : a), [null, 0])
  const values = [...believed.values()]
  return { bits: entropy(values), isRight: best[0] === right, given: believed.get(right) ?? 0, expected: values.reduce((all, p) => all + p * p, 0) }
}

export function figures(attempts: readonly Attempt[]): Figures {
  const [bits, bitsWithin] = interval(attempts.map((one) => one.bits))
  const [guessed, guessedWithin] = interval(attempts.map((one) => Number(one.isRight)))
  const [given] = interval(attempts.map((one) => one.given))
  const [expected] = interval(attempts.map((one) => one.expected))
  return { attempts: attempts.length, bits, bitsWithin, guessed, guessedWithin, given, expected }
}

export function mean(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0) / values.length
}

/** Mean, and half of its 95 % confidence interval, for a normal distribution of the mean. */
export function interval(values: readonly number[]): readonly [number, number] {
  const middle = mean(values)
  const variance = values.reduce((all, one) => all + (one - middle) ** 2, 0) / Math.max(1, values.length - 1)
  return [middle, 1.96 * Math.sqrt(variance / values.length)]
}
