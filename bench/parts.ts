import type { Part } from "./part.ts"
import { cost } from "./parts/cost.ts"
import { dropbox } from "./parts/dropbox.ts"
import { mix } from "./parts/mix.ts"
import { network } from "./parts/network.ts"
import { packets } from "./parts/packets.ts"

/** All parts of `npm run bench`, in the order in which docs/performance.md tells of them. Each reads its own results only. */
export const parts: readonly Part<unknown>[] = [packets as Part<unknown>, mix as Part<unknown>, dropbox as Part<unknown>, network as Part<unknown>, cost as Part<unknown>]
