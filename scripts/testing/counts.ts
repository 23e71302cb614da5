export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Of tests that failed the name and the beginning of why, as far as they are known. */
  readonly failures?: readonly string[]
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 }

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped, failures: [...(a.failures ?? []), ...(b.failures ?? [])] }),
    NOTHING,
  )
}

export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`
}

/** What a runner counted; one that ended badly without a failed test has failed all the same. */
export function withExit(counts: Counts, code: number): Counts {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}
