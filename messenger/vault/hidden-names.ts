import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { toHex } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"
import type { VaultKeys } from "./vault-keys.ts"

/** So much of an HMAC names a record: none meets another by chance. */
const NAME_LENGTH = 16
const NUMBER = /^\d{12}$/
/** A folder's hidden name is dear beside looking it up; more than this many are not in use at a time. */
const REMEMBERED = 20_000

/** Everything sealed lies behind this character, which begins no key of the engine, and sorts behind all of them. */
export const SEALED = "~"

/** Key up to and with the last slash: what lies beside it. */
export const folderOf = (key: string): string => key.slice(0, key.lastIndexOf("/") + 1)
/** Positions and indexes, padded to twelve digits, keep their order and stay in the clear. */
export const isNumbered = (key: string): boolean => NUMBER.test(key.slice(key.lastIndexOf("/") + 1))

/**
 * The names of records as the store beneath sees them: each part of a key between slashes is replaced by an HMAC over all of the key
 * up to there, `o…`, but for a number at the end, `n…`. So what lies in one folder lies together, and numbers keep their order.
 */
export class HiddenNames {
  /** All records of this generation begin so. */
  readonly root: string
  readonly #key: Uint8Array
  readonly #folders = new Map<string, string>()

  constructor({ names, generation }: VaultKeys) {
    this.#key = names
    this.root = `${SEALED}${generation}/`
  }

  of(key: string): string {
    const folder = folderOf(key)
    return this.folder(folder) + (isNumbered(key) ? `n${key.slice(folder.length)}` : `o${this.#hash("name", key)}`)
  }

  /** `folder` is empty or ends with a slash, and so does the answer. */
  folder(folder: string): string {
    if (folder === "") return this.root
    const known = this.#folders.get(folder)
    if (known !== undefined) return known
    const hidden = `${this.folder(folderOf(folder.slice(0, -1)))}o${this.#hash("folder", folder)}/`
    if (this.#folders.size >= REMEMBERED) this.#folders.clear()
    this.#folders.set(folder, hidden)
    return hidden
  }

  #hash(kind: "name" | "folder", text: string): string {
    return toHex(hmac(sha256, this.#key, utf8(`${kind} ${text}`)).subarray(0, NAME_LENGTH))
  }
}
