/** How long messages take on a network of real nodes on this machine, with few and many clients, beside what slots and delays alone take; and the machine's share in it. */
import { roundTripAlone } from "../network/expected.ts"
import type { NetworkMeasured } from "../network/measure.ts"
import { networkTables } from "../network/tables.ts"
import type { Part } from "../part.ts"

export const network: Part<NetworkMeasured> = {
  name: "network",
  // The simulated network replaces WebCrypto's curves in this process: no other part is to be measured with that.
  measure: async (...given) => (await import("../network/measure.ts")).measureNetwork(...given),
  tables: networkTables,
  ratios: ({ few, fewAlone, opened }) => ({
    "median round trip over its delays alone": few.roundTrip / roundTripAlone(few.meanDelay),
    "median delivery over slot and delays alone": few.median / fewAlone.median,
    "CPU of a packet at a node over that of opening it": few.cpuPerPacket / opened,
  }),
}
