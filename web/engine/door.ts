/** The ways into what is kept: opening it at the start, locking and unlocking while the engine runs, and changing the ways themselves. */
import { loadCorrespondence } from "../../messenger/late.ts"
import { createLateMls } from "../../messenger/mls/late.ts"
import { random } from "../../messenger/platform/browser/clock.ts"
import type { Store } from "../../messenger/ports.ts"
import type { Ways } from "../../messenger/vault/vault-state.ts"
import { lookAt } from "../../messenger/vault/vault-state.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import type { Secret } from "../../messenger/vault/wraps.ts"
import type { EngineStatus, ToEngine } from "./protocol.ts"
import { change, post, say, session } from "./session.ts"
import { StartError } from "./start-error.ts"

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

export const waysNow = (vault: Vault) => ({ isProtected: vault.isProtected, stretching: vault.ways.passphrase, hasPasskey: vault.ways.passkey !== null })

/** Null where no passphrase is needed. */
function locked({ passphrase, passkey }: Ways, wrong: Secret["way"] | null, ticking: boolean): (EngineStatus & { status: "locked" }) | null {
  return passphrase && { status: "locked", stretching: passphrase, passkey, wrong, ticking }
}

/** Opens what is kept, once the passphrase is there; what was never sealed is sealed now. Null where the turn was given up meanwhile. */
export async function openVault(raw: Store, over: Promise<void>): Promise<Vault | null> {
  const parts = { raw, random }
  const found = await lookAt(raw)
  if (found.state === "damaged" || found.state === "newer") throw new StartError(found.state)
  if (found.state !== "sealed") return Vault.create(parts, null, { isPlain: found.state === "plain" })
  // Needed as soon as it is open; where it cannot be had the engine says so.
  loadCorrespondence().catch(() => undefined)
  for (let wrong: Secret["way"] | null = null; ; ) {
    let secret: Secret | null = null
    const status = locked(found.ways, wrong, false)
    if (status !== null) {
      const given = new Promise<Secret>((done) => (session.unlocked = done))
      say(status)
      createLateMls({ random }).ready().catch(() => undefined)
      const first = await Promise.race([given, over])
      session.unlocked = null
      if (first === undefined) return null
      secret = first
    }
    const opening = await Vault.open(parts, secret)
    if (opening.ok) return opening.vault
    if (opening.problem !== "wrong" || secret === null) throw new StartError("damaged")
    wrong = secret.way
  }
}

export function lock(): void {
  const { vault, messenger } = session
  const status = vault && locked(vault.ways, null, true)
  if (!status || messenger?.status.status !== "running") return
  messenger.lock()
  say(status)
}

export function unlock(secret: Secret): void {
  const { vault, messenger, running } = session
  if (vault === null || messenger === null) return session.unlocked?.(secret)
  const isOpen = vault.isOpenedBy(secret)
  secret.key.fill(0)
  if (isOpen && running !== null) {
    messenger.unlock()
    say(running)
    return
  }
  const status = locked(vault.ways, secret.way, true)
  if (status) say(status)
}

/** Whether whoever asks may change the ways in: anybody as long as there is no passphrase, then who knows it. */
const may = (vault: Vault, current: Uint8Array | null) => !vault.isProtected || (current !== null && vault.isOpenedBy({ way: "passphrase", key: current }))

/** Never beside records that are being sealed anew; answered in the order in which it was asked. */
export async function changeWays(asked: ToEngine & { type: "protect" | "prove" | "add-passkey" | "remove-passkey" }): Promise<void> {
  await session.sealing.catch(() => undefined)
  const { vault } = session
  let ok = false
  try {
    if (vault === null || session.messenger?.status.status !== "running") return
    if (asked.type !== "remove-passkey" && !may(vault, asked.current)) return
    if (asked.type === "protect") await vault.protect({ way: "passphrase", ...asked.fresh })
    else if (asked.type === "add-passkey") await vault.addPasskey({ way: "passkey", ...asked.fresh })
    else if (asked.type === "remove-passkey") await vault.removePasskey()
    ok = true
    change(waysNow(vault))
    if (asked.type === "protect") sealOn(vault)
  } finally {
    post({ type: "ways", ok })
  }
}

/** Seals anew, under the key that a first passphrase has made, a little at a time: packets go before. */
async function sealAnew(of: Vault): Promise<void> {
  while (session.vault === of && (await of.step(20))) await wait(30)
}

/** Only one of these goes on at a time, none beside a change of the ways in, and none when the vault is closed. */
export function sealOn(of: Vault): void {
  session.sealing = session.sealing.then(() => sealAnew(of))
  session.sealing.catch(() => undefined)
}
