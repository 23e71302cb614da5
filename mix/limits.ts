export interface MixLimits {
  /** Packets in memory: waiting for their time, or kept for sessions without a connection. */
  readonly packets: number
  readonly sessions: number
  /** Connections from one address, where the deployment says what that is. */
  readonly sessionsPerAddress: number
  readonly keptPerSession: number
}

/** About 54 MB of packets: a Durable Object has 128 MB in all. */
export const defaultMixLimits: MixLimits = { packets: 12_000, sessions: 2_000, sessionsPerAddress: 64, keptPerSession: 256 }
