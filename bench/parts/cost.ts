/**
 * What the nodes use of what Cloudflare bills, counted in running workers, and what follows: for a slot, a message, a client's month, and the free plan.
 */
import type { Measured } from "../cost/measure.ts"
import { measure } from "../cost/measure.ts"
import { messageCost } from "../cost/rates.ts"
import { costTables } from "../cost/tables.ts"
import type { Part } from "../part.ts"

export const cost: Part<Measured> = {
  name: "cost",
  measure,
  tables: costTables,
  ratios(measured) {
    const { workerRequests, objectRequests, rowsWritten } = messageCost(measured)
    return { "Worker requests per message": workerRequests, "object requests per message": objectRequests, "rows written per message": rowsWritten }
  },
}
