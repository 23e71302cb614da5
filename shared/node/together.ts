/**
 * Packets of one request that are opened at once. One after the other, each would run through all of the platform's code, which no processor's cache holds;
 * so each step finds its part of it where the packet before has left it (docs/performance.md).
 */
export const AT_ONCE = 16

/** What `act` makes of each, in their order. */
export async function together<Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let i = 0; i < items.length; i += AT_ONCE) results.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(act))))
  return results
}
