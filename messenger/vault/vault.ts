import { sameSecret } from "../../shared/bytes.ts"
import { KEY_LENGTH } from "../../shared/geometry.ts"
import type { Random } from "../../shared/random.ts"
import { fromUtf8, utf8 } from "../../shared/text.ts"
import type { Store, Write } from "../ports.ts"
import { DAMAGED, StoreError } from "../ports.ts"
import type { Header, Wrap } from "./header.ts"
import { encodeHeader, HEADER_KEYS, VAULT_ID_LENGTH } from "./header.ts"
import type { Migration } from "./migrations.ts"
import { migrations, SCHEMA } from "./migrations.ts"
import { SealedStore } from "./sealed-store.ts"
import { vaultKeys } from "./vault-keys.ts"
import type { Ways } from "./vault-state.ts"
import { readHeader, waysOf, wipe } from "./vault-state.ts"
import type { NewWay, Secret } from "./wraps.ts"
import { unwrap, unwrapOld, wrapFor, wrapOld } from "./wraps.ts"

/** How far a migration came: a record of the vault itself. */
const MIGRATION = "migration"
const BATCH = 200

export interface VaultParts {
  readonly raw: Store
  readonly random: Random
  /** For tests: other versions than this program's. */
  readonly schema?: number
  readonly migrations?: ReadonlyMap<number, Migration>
}

/** `wrong`: the secret opens nothing here. The others as in VaultState. */
export type OpenProblem = "wrong" | "empty" | "plain" | "damaged" | "newer"
export type Opening = { readonly ok: true; readonly vault: Vault } | { readonly ok: false; readonly problem: OpenProblem }

/** All that a profile keeps, sealed under one data key, which lies in the header wrapped in one or two ways. docs/protocol.md section 18 */
export class Vault {
  readonly store: SealedStore
  readonly #parts: VaultParts
  #header: Header
  #data: Uint8Array

  private constructor(parts: VaultParts, header: Header, data: Uint8Array, old: Uint8Array | null) {
    this.#parts = parts
    this.#header = header
    this.#data = data
    const from = old === null || header.moving === null ? null : vaultKeys(old, header.moving.from)
    this.store = new SealedStore(parts.raw, parts.random, vaultKeys(data.slice(), header.generation), from)
  }

  /**
   * A new vault in a raw store that is empty or plain; without a way its key lies in the clear. `ready` must be awaited before the
   * store is used. With `hidden` no header is written yet: `reveal` does, and makes all that was stored until then count at once.
   */
  static async create(parts: VaultParts, way: NewWay | null, { isPlain = false, schema = parts.schema ?? SCHEMA, hidden = false } = {}): Promise<Vault> {
    const { random } = parts
    const data = random(KEY_LENGTH)
    const id = random(VAULT_ID_LENGTH)
    const wrap: Wrap = way === null ? { way: "open", data: data.slice() } : wrapFor(id, data, way, random)
    const moving = isPlain ? { from: 0, wrapped: null } : null
    const vault = new Vault(parts, { id, schema: isPlain ? 0 : schema, generation: 1, moving, wraps: [wrap] }, data, null)
    if (!hidden) await vault.reveal()
    return vault
  }

  /** Opens the vault with a secret, or with null where it needs none. Throws StoreError. */
  static async open(parts: VaultParts, secret: Secret | null): Promise<Opening> {
    const header = await readHeader(parts.raw, parts.schema ?? SCHEMA)
    if (header === null) return { ok: false, problem: "empty" }
    if (header === "damaged" || header === "newer") return { ok: false, problem: header }
    const data = dataKey(header, secret)
    if (data === null) return { ok: false, problem: "wrong" }
    const wrapped = header.moving?.wrapped ?? null
    const old = wrapped === null ? null : unwrapOld(header.id, data, wrapped)
    if (wrapped !== null && old === null) return { ok: false, problem: "damaged" }
    return { ok: true, vault: new Vault(parts, header, data, old) }
  }

  get ways(): Ways {
    return waysOf(this.#header)
  }

  /** Whether a passphrase is needed to open it. */
  get isProtected(): boolean {
    return !this.#header.wraps.some(({ way }) => way === "open")
  }

  /** Whether this secret opens it. For unlocking a screen behind which the engine runs on. */
  isOpenedBy(secret: Secret): boolean {
    const data = dataKey(this.#header, secret)
    if (data === null) return false
    const isSame = sameSecret(data, this.#data)
    data.fill(0)
    return isSame
  }

  /** Seals what still lies in the clear and brings the records to the version of this program. Goes on where it was cut short. */
  async ready(): Promise<void> {
    if (this.#header.moving?.from === 0) {
      const last = () => this.#writes({ ...this.#header, schema: 1, moving: null })
      while (await this.store.adopt(BATCH, last)) continue
      this.#header = { ...this.#header, schema: 1, moving: null }
    }
    for (const target = this.#parts.schema ?? SCHEMA; this.#header.schema < target; ) {
      const { schema } = this.#header
      const migration = (this.#parts.migrations ?? migrations).get(schema)
      if (migration === undefined) throw new Error(`no migration from version ${schema}`)
      const kept = await this.store.get(MIGRATION)
      if (kept === DAMAGED) throw new StoreError("damaged")
      const { writes, next } = await migration(this.store, kept === null ? null : fromUtf8(kept))
      const after = next === null ? { ...this.#header, schema: schema + 1 } : this.#header
      await this.store.commit([...writes, [MIGRATION, next === null ? null : utf8(next)]], this.#writes(after))
      this.#header = after
    }
  }

  /**
   * Sets the passphrase, or another one. Where the key lay in the clear until now it is worth nothing any more: then a new one takes
   * its place, and `step` seals all records anew.
   */
  async protect(way: NewWay & { readonly way: "passphrase" }): Promise<void> {
    if (this.isProtected) {
      const others = this.#header.wraps.filter((wrap) => wrap.way !== "passphrase")
      return this.#change({ ...this.#header, wraps: [...others, wrapFor(this.#header.id, this.#data, way, this.#parts.random)] })
    }
    const { random } = this.#parts
    const { id, generation } = this.#header
    const data = random(KEY_LENGTH)
    const moving = { from: generation, wrapped: wrapOld(id, data, this.#data, random) }
    const header: Header = { ...this.#header, generation: generation + 1, moving, wraps: [wrapFor(id, data, way, random)] }
    await this.store.replaceKeys(vaultKeys(data.slice(), header.generation), this.#writes(header))
    this.#data.fill(0)
    this.#data = data
    this.#header = header
  }

  /** A second way in beside the passphrase. */
  async addPasskey(way: NewWay & { readonly way: "passkey" }): Promise<void> {
    if (!this.isProtected) throw new Error("a passkey stands beside a passphrase")
    const others = this.#header.wraps.filter((wrap) => wrap.way !== "passkey")
    await this.#change({ ...this.#header, wraps: [...others, wrapFor(this.#header.id, this.#data, way, this.#parts.random)] })
  }

  async removePasskey(): Promise<void> {
    await this.#change({ ...this.#header, wraps: this.#header.wraps.filter((wrap) => wrap.way !== "passkey") })
  }

  /** Seals `count` records anew after the key was replaced. False where nothing is left to be done. */
  async step(count = BATCH): Promise<boolean> {
    const { moving } = this.#header
    if (moving === null || moving.from === 0) return false
    if (await this.store.move(count, () => this.#writes({ ...this.#header, moving: null }))) return true
    this.#header = { ...this.#header, moving: null }
    return false
  }

  /** Writes the header, and `beside` with it. */
  async reveal(beside: readonly Write[] = []): Promise<void> {
    await this.store.commit([], [...this.#writes(this.#header), ...beside])
  }

  /** Destroys the keys, then all records. The vault is of no use afterwards. */
  async wipe(): Promise<void> {
    await wipe(this.#parts.raw, this.#parts.random)
    this.#data.fill(0)
  }

  async close(): Promise<void> {
    await this.store.close()
    this.#data.fill(0)
  }

  async #change(header: Header): Promise<void> {
    await this.store.commit([], this.#writes(header))
    this.#header = header
  }

  #writes(header: Header): Write[] {
    return HEADER_KEYS.map((key): Write => [key, encodeHeader(header)])
  }
}

function dataKey(header: Header, secret: Secret | null): Uint8Array | null {
  for (const wrap of header.wraps) {
    if (wrap.way === "open") return wrap.data.slice()
    const data = secret === null ? null : unwrap(header.id, wrap, secret)
    if (data !== null) return data
  }
  return null
}
