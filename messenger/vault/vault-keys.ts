import { hkdf } from "@noble/hashes/hkdf.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { KEY_LENGTH } from "../../shared/geometry.ts"
import { utf8 } from "../../shared/text.ts"

/**
 * What follows from one data key. Records of a generation lie under its number: when the data key is replaced, those of the next
 * generation take their place one by one. docs/protocol.md section 18.
 */
export interface VaultKeys {
  readonly generation: number
  /** 32 random bytes, from which the others follow. */
  readonly data: Uint8Array
  /** Seals records. */
  readonly records: Uint8Array
  /** Hides their names. */
  readonly names: Uint8Array
}

export function vaultKeys(data: Uint8Array, generation: number): VaultKeys {
  const derive = (use: string) => hkdf(sha256, data, undefined, utf8(`sotto v1 vault ${use}`), KEY_LENGTH)
  return { generation, data, records: derive("records"), names: derive("names") }
}

/** Overwrites the keys. JavaScript may have made copies that nobody can reach. */
export function zeroKeys({ data, records, names }: VaultKeys): void {
  for (const key of [data, records, names]) key.fill(0)
}
