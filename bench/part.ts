/** One part of `npm run bench`: what it measures, how that is shown, and what of it holds on any machine. */
export interface Part<Result> {
  /** Its name at the command line and in bench/recorded/performance.json. */
  readonly name: string
  /** Everything that docs/performance.md tells of it, or, quick, a part that takes seconds. What is returned can be written as JSON. */
  measure(quick: boolean, say: (line: string) => void): Promise<Result>
  /** Tables in Markdown, by the name that docs/performance.md has for each, of which a quick measurement may have only some. */
  tables(result: Result): Record<string, string>
  /** Ratios within one run that another machine would measure alike; greater is worse. CI fails where one has got worse by more than a third. */
  ratios(result: Result): Record<string, number>
}
