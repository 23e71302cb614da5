import type { Speed } from "../../messenger/api.ts"
import { receiving } from "./gateway.ts"
import type { HuntSetting } from "./session.ts"
import { hunt } from "./session.ts"

/** What a gateway finds out where reads wait so long, by itself and with a contact, and what the waiting is good for. */
export interface Hold {
  readonly speed: Speed
  /** Of a read that waits, s. */
  readonly meanHold: number
  /** Reads of one session that wait at a time, where nobody writes to it. */
  readonly waiting: number
  /** Share of the contact's messages for which a read waits. */
  readonly waited: number
  /** Share of the sessions that contact and gateway have found after so many messages. */
  readonly messages: number
  readonly found: number
  readonly victims: number
  /** How often the gateway by itself picks the session that is written to. */
  readonly told: number
}

/** The contact writes as the setting says. `writes`, ms: for the gateway by itself, which watches `sessions` for so long (`length`, ms). */
export function holding(setting: HuntSetting, messages: number, rounds: number, writes: number, sessions: number, length: number): Hold {
  const { seed, speed, meanHold } = setting
  const { waited, guessed, victims } = hunt(setting, "contact", messages, rounds)
  const { waiting, told } = receiving(seed, sessions, speed, "waiting", writes, length, meanHold)
  return { speed, meanHold, waiting, waited, messages, found: guessed.at(-1)!, victims, told }
}
