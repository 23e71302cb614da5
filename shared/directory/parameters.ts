import type { Reader, Writer } from "../bytes.ts"
import { WireError } from "../bytes.ts"

/** What a network agrees on; carried in every directory document, 31 bytes. */
export interface Parameters {
  /** Seconds that a Sphinx key is used; key epoch = floor(unix seconds / this). */
  readonly keyEpochSeconds: number
  /** Mean of the delay that clients draw for each mix, ms. */
  readonly meanDelay: number
  /** Mean of a held read, seconds, and the longest that is asked for. */
  readonly meanHold: number
  readonly maxHold: number
  /** Dropboxes that each box is written to. */
  readonly replicas: number
  /** Days that a box lives. */
  readonly boxDays: number
  /** Mean time between a client's own writes to its decoy streams, seconds. */
  readonly decoySeconds: number
  /** Packets per second that a session may send, and how many at once. */
  readonly sessionRate: number
  readonly sessionBurst: number
  /** Seconds between directory documents. */
  readonly documentSeconds: number
  /** Leading zero bits of the work for a write while a dropbox has room; more as it fills. */
  readonly stampBits: number
  /** The largest file that clients send, kB. */
  readonly fileKilobytes: number
}

export const defaultParameters: Parameters = {
  keyEpochSeconds: 3600,
  meanDelay: 500,
  meanHold: 480,
  maxHold: 1800,
  replicas: 2,
  boxDays: 30,
  decoySeconds: 300,
  sessionRate: 4,
  sessionBurst: 60,
  documentSeconds: 3600,
  stampBits: 14,
  fileKilobytes: 5000,
}

export function writeParameters(writer: Writer, p: Parameters): Writer {
  return writer
    .u32(p.keyEpochSeconds)
    .u32(p.meanDelay)
    .u32(p.meanHold)
    .u16(p.maxHold)
    .u8(p.replicas)
    .u8(p.boxDays)
    .u32(p.decoySeconds)
    .u16(p.sessionRate)
    .u16(p.sessionBurst)
    .u32(p.documentSeconds)
    .u8(p.stampBits)
    .u16(p.fileKilobytes)
}

export function readParameters(reader: Reader): Parameters {
  const parameters = {
    keyEpochSeconds: reader.u32(),
    meanDelay: reader.u32(),
    meanHold: reader.u32(),
    maxHold: reader.u16(),
    replicas: reader.u8(),
    boxDays: reader.u8(),
    decoySeconds: reader.u32(),
    sessionRate: reader.u16(),
    sessionBurst: reader.u16(),
    documentSeconds: reader.u32(),
    stampBits: reader.u8(),
    fileKilobytes: reader.u16(),
  }
  // A zero in any of them would divide by zero or stop a clock somewhere.
  if (Object.values(parameters).some((value) => value === 0)) throw new WireError()
  return parameters
}
