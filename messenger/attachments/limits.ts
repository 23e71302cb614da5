import type { FileLimits } from "../api.ts"

/** Until the user says otherwise. */
export const FILE_LIMITS: FileLimits = { fetch: 300_000, again: 10_000_000 }
/** Fetched by themselves in a day, of all that one conversation brings. */
export const FETCHED_MOST = 20_000_000
/** Taken over with one command, and handed out with one: so long a packet may have to wait. */
export const TAKEN_AT_ONCE = 1 << 17
export const GIVEN_AT_ONCE = 1 << 18
/** Files that are being taken over. */
export const STAGED_MOST = 4
