/**
 * What Cloudflare bills for Workers and SQLite Durable Objects, and what its free plan ends at. As its pages said on the day named; prices in dollars. Transfer costs nothing, nor do
 * requests that a Worker makes, messages that it sends over WebSockets, and CPU time of Durable Objects, which are billed for being awake instead.
 */
export const cloudflare = {
  read: "2026-11-27",
  sources: [
    "https://developers.cloudflare.com/durable-objects/platform/pricing/",
    "https://developers.cloudflare.com/workers/platform/pricing/",
    "https://developers.cloudflare.com/workers/platform/limits/",
    "https://developers.cloudflare.com/durable-objects/concepts/durable-object-lifecycle/",
  ],
  /** Messages that come over WebSockets count as one request to the object. */
  messagesPerRequest: 20,
  /** GB that each object is billed for while it cannot hibernate, whatever it uses. */
  objectGigabytes: 0.128,
  /** Of one account, a day; behind any of them everything of that kind fails until midnight UTC. */
  free: { workerRequests: 100_000, objectRequests: 100_000, rowsWritten: 100_000, rowsRead: 5_000_000, gigabyteSeconds: 13_000 },
  /** CPU of one request to a Worker on the free plan, ms. The pages on Durable Objects say 30 s. */
  freeCpu: 10,
  /** GB of all objects of an account on the free plan, for as long as they lie there. */
  freeStorage: 5,
  /** Dollars a month, what is included in them, and dollars for each million beyond. */
  paid: {
    monthly: 5,
    included: { workerRequests: 10e6, objectRequests: 1e6, rowsWritten: 50e6, rowsRead: 25e9, gigabyteSeconds: 400_000 },
    perMillion: { workerRequests: 0.3, objectRequests: 0.15, rowsWritten: 1, rowsRead: 0.001, gigabyteSeconds: 12.5 },
    storageIncluded: 5,
    /** A GB and month beyond. */
    storage: 0.2,
  },
} as const
