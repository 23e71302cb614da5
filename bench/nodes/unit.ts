import { inWorkerd } from "../sphinx/workerd.ts"

/** The parts that nodes run on. */
const UNWRAP = "and HKDF, HMAC, AES-CTR of the platform: unwrap"
const ASKED = 3

/** What nodes do with a packet in the least, as a measure of the machine as it is at this moment, busy or not. */
export interface Unit {
  /** CPU for opening a packet and taking a layer off, in workerd, µs. */
  unwrap(): Promise<number>
}

export function withUnit<T>(act: (unit: Unit) => Promise<T>): Promise<T> {
  return inWorkerd(1, (ask) =>
    act({
      async unwrap() {
        let sum = 0
        for (let i = 0; i < ASKED; i++) sum += await ask(UNWRAP)
        return sum / ASKED
      },
    }),
  )
}
