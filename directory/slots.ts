import type { Directory } from "../shared/directory/document.ts"
import type { Parameters } from "../shared/directory/parameters.ts"

/** The rounds of an hourly document begin this long before it is valid; those of shorter ones half their time. */
const LEAD_MAX = 10 * 60_000
/**
 * While there is no document to go by, a network should come up in seconds, if the clocks of its authorities allow. For those
 * whose clocks are some seconds apart, the end of every cycle is one slow slot.
 */
const QUICK = 5_000
const SLOW = 30_000
const CYCLE = 120_000

/** Key epochs of which nodes publish keys ahead: missing documents cost nothing for so long. */
const EPOCHS_AHEAD = 3

/** When a document becomes valid, and the times (ms) by which it is agreed upon, by each authority's own clock. */
export interface Slot {
  readonly at: number
  /** The own view is published. */
  readonly opens: number
  /** Views that come later do not count as received directly; those that did are published as a bundle. */
  readonly bundles: number
  /** Bundles that come later do not count; what was merged is signed. */
  readonly signs: number
}

/** The slot whose rounds are under way or next. All authorities that have the same document and good clocks see the same. */
export function slotAt(now: number, latest: Directory | null): Slot {
  const from = Math.max(now, latest?.validFrom ?? 0)
  if (latest !== null && now < latest.validUntil && isUsable(latest)) {
    const period = latest.parameters.documentSeconds * 1000
    return slot(after(from, period), Math.min(LEAD_MAX, period / 2))
  }
  return from % CYCLE < CYCLE - SLOW ? slot(after(from, QUICK), QUICK) : slot(after(from, CYCLE), SLOW)
}

/**
 * The epoch of a document for a slot: one more for each slot that passed since the last. So a document that was signed, but
 * never came to light, does not share its epoch with the next, and two documents of one epoch are the work of liars.
 */
export function epochAt(at: number, latest: Directory | null): number {
  if (latest === null) return 1
  const isRegular = at <= latest.validUntil && isUsable(latest)
  const period = isRegular ? latest.parameters.documentSeconds * 1000 : QUICK
  return latest.epoch + Math.max(1, Math.floor(at / period) - Math.floor(latest.validFrom / period))
}

/** A document (from `validFrom`, ms) is valid until three key epochs after the next was due. */
export function validUntil(validFrom: number, { documentSeconds, keyEpochSeconds }: Parameters): number {
  return validFrom + (documentSeconds + EPOCHS_AHEAD * keyEpochSeconds) * 1000
}

/** By it packets find a way. */
export function isUsable({ layers, dropboxes }: Directory): boolean {
  return dropboxes.length > 0 && layers.every((layer) => layer.length > 0)
}

const after = (time: number, period: number) => (Math.floor(time / period) + 1) * period

function slot(at: number, lead: number): Slot {
  return { at, opens: at - lead, bundles: at - 0.6 * lead, signs: at - 0.2 * lead }
}
