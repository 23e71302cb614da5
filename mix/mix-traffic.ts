import { Traffic } from "../shared/node/traffic.ts"

export type MixTraffic = Traffic<"received" | "forwarded" | "delivered" | "lost">

export const mixTraffic = (): MixTraffic => new Traffic(["received", "forwarded", "delivered", "lost"])
