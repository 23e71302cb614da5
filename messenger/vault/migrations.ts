import type { Store, Write } from "../ports.ts"

/**
 * The version of what the records hold and how they are named. Version 0 is the profiles of before there were vaults, whose records
 * lie in the clear; they become version 1 by being sealed. Since version 2 conversations go from epoch to epoch; since version 3 messages
 * that bring files and links are on the shelf.
 */
export const SCHEMA = 3

/**
 * Brings the records of one version to the next, in steps of one transaction each. `at` is where the step before ended, null at first;
 * `next` null says that nothing is left. A step sees the store as it is and may be asked again after a crash, never after it was committed.
 */
export type Migration = (store: Store, at: string | null) => Promise<{ readonly writes: readonly Write[]; readonly next: string | null }>

/** By the version that they begin with. */
export const migrations: ReadonlyMap<number, Migration> = new Map([
  [1, async (store, at) => (await import("./one-epoch.ts")).fromOneEpoch(store, at)],
  [2, async (store, at) => (await import("./shelved.ts")).toShelf(store, at)],
])
