import type { Mls } from "./mls.ts"

const DAY = 86_400_000
/** KeyPackages live for 90 days, within a certificate's year and some days: one of these times meets any of them. */
const STEP = 45 * DAY
const STEPS = 9

/**
 * Why a KeyPackage is not acceptable at `now`: its time is over, or has not come, or it never was. Certificates are valid for a year,
 * so that it is looked at as it would have been in the year before and will be in the year after. ms.
 */
export async function untimely(mls: Mls, keyPackage: Uint8Array, now: number): Promise<"expired" | "clock" | "not-genuine"> {
  for (let step = 1; step <= STEPS; step++) {
    if ((await mls.inspectKeyPackage(keyPackage, now - step * STEP)) !== null) return "expired"
    if ((await mls.inspectKeyPackage(keyPackage, now + step * STEP)) !== null) return "clock"
  }
  return "not-genuine"
}
