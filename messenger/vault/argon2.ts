import { argon2id } from "hash-wasm"
import { KEY_LENGTH } from "../../shared/geometry.ts"
import type { Random } from "../../shared/random.ts"
import type { Stretching } from "./header.ts"
import { SALT_LENGTH } from "./header.ts"

/** RFC 9106's second recommendation, on one lane: 64 MiB, three passes. Slower devices pay the time, faster ones get more passes. */
const MEMORY = 64 * 1024
const PASSES_LEAST = 3
const PASSES_MOST = 24
/** What unlocking may take, ms. */
const AIM = 500

/**
 * The key that follows from a passphrase, by Argon2id. Keeps a core busy for about half a second, so never beside an engine that
 * runs: its packets would leave late. The passphrase is compared by what is read, not by how it was typed (NFKC).
 */
export async function stretch(passphrase: string, { salt, memory, passes }: Stretching): Promise<Uint8Array> {
  const password = passphrase.normalize("NFKC")
  return argon2id({ password, salt, memorySize: memory, iterations: passes, parallelism: 1, hashLength: KEY_LENGTH, outputType: "binary" })
}

/** Terms for a new passphrase, measured on this device. `now` in ms. */
export async function calibrated(random: Random, now: () => number): Promise<Stretching> {
  const salt = random(SALT_LENGTH)
  const one: Stretching = { salt, memory: MEMORY, passes: 1 }
  // The first run compiles.
  await stretch("sotto", { ...one, memory: 64 })
  const before = now()
  await stretch("sotto", one)
  const perPass = Math.max(now() - before, 1)
  return { ...one, passes: Math.min(PASSES_MOST, Math.max(PASSES_LEAST, Math.round(AIM / perPass))) }
}
