import { toHex } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import type { Mls } from "../../messenger/mls/mls.ts"
import { createStates } from "../../messenger/mls/state.ts"

/** What one device has sealed with MLS: each step of a ratchet must make one message, whatever crashes lie between. */
export class Ledger {
  readonly #used = new Map<string, string>()
  #pending: [step: string, message: string][] = []
  /** Steps that made two messages, both of which may have left. */
  readonly reused: string[] = []

  sealed(step: string, message: Uint8Array): void {
    this.#pending.push([step, toHex(message)])
  }

  /** What was sealed is on disk, and may leave from here on. */
  committed(): void {
    for (const [step, message] of this.#pending) {
      if ((this.#used.get(step) ?? message) !== message) this.reused.push(step)
      this.#used.set(step, message)
    }
    this.#pending = []
  }

  /** What was sealed and not put on disk is gone with the engine. */
  forgotten(): void {
    this.#pending = []
  }

  get size(): number {
    return this.#used.size
  }
}

/** By the randomness of an engine, which is all that its `createMls` is handed. */
const ledgers = new WeakMap<Random, Ledger>()

export function keepLedger(random: Random, ledger: Ledger): void {
  ledgers.set(random, ledger)
}

/** The same MLS, with what it seals written down where its engine has a ledger. */
export function watched(mls: Mls, random: Random): Mls {
  const ledger = ledgers.get(random)
  if (ledger === undefined) return mls
  return {
    ...mls,
    async seal(state, plaintext, authenticatedData) {
      const step = stepOf(state)
      const sealed = await mls.seal(state, plaintext, authenticatedData)
      ledger.sealed(step, sealed.message)
      return sealed
    },
  }
}

/** Group, epoch, leaf and generation of the message that a state seals next. */
function stepOf(state: Uint8Array): string {
  const { groupContext, privatePath, secretTree } = createStates().take(state)
  const { generation } = secretTree[2 * privatePath.leafIndex]!.application
  return `${toHex(groupContext.groupId)} ${groupContext.epoch} ${privatePath.leafIndex} ${generation}`
}
