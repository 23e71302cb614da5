import type { Random } from "../../shared/random.ts"
import type { ListOptions, Store, Write } from "../ports.ts"
import { DAMAGED } from "../ports.ts"
import { folderOf, HiddenNames, isNumbered, SEALED } from "./hidden-names.ts"
import { openRecord, sealRecord } from "./sealed-record.ts"
import type { VaultKeys } from "./vault-keys.ts"
import { zeroKeys } from "./vault-keys.ts"

type Entry = [key: string, value: Uint8Array]

/** What lies beneath one data key. */
interface Layer {
  readonly keys: VaultKeys
  readonly names: HiddenNames
}

const layer = (keys: VaultKeys): Layer => ({ keys, names: new HiddenNames(keys) })
const isEntry = (entry: Entry | null): entry is Entry => entry !== null

/**
 * The engine's Store, every record sealed, over a store that sees sealed bytes under hidden names. While a data key is being replaced it
 * holds two layers: what is written goes into the new one, and `move` brings the rest over, batch by batch.
 */
export class SealedStore implements Store {
  readonly #raw: Store
  readonly #random: Random
  #current: Layer
  #old: Layer | null
  /** Hidden names of records that could not be opened, with their kind where it is known. */
  readonly #damaged = new Map<string, string | null>()
  /** One transaction at a time, for a batch that moves must not undo a write beside it. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(raw: Store, random: Random, keys: VaultKeys, old: VaultKeys | null) {
    this.#raw = raw
    this.#random = random
    this.#current = layer(keys)
    this.#old = old && layer(old)
  }

  /** How many records were met so far that cannot be read any more. */
  get damaged(): number {
    return this.#damaged.size
  }

  /** The same by kind, which is what their keys begin with; null where that is not known either. */
  get damage(): ReadonlyMap<string | null, number> {
    const kinds = new Map<string | null, number>()
    for (const kind of this.#damaged.values()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    return kinds
  }

  async get(key: string): Promise<Uint8Array | null> {
    // The old layer first: what moves meanwhile is then found in one of them.
    const old = this.#old && (await this.#getFrom(this.#old, key))
    return (await this.#getFrom(this.#current, key)) ?? old
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Entry[]> {
    if (options.limit === 0) return []
    const old = this.#old && (await this.#listFrom(this.#old, prefix, options))
    const current = await this.#listFrom(this.#current, prefix, options)
    if (old === null || old.length === 0) return current
    const both = new Map([...old, ...current])
    return inOrder([...both], options)
  }

  /** `beside` is written in the same transaction, into the raw store. */
  async commit(writes: readonly Write[], beside: readonly Write[] = []): Promise<void> {
    // Copied at once, and sealed when its turn comes: under the keys of then.
    const own = writes.map(([key, value]): Write => [key, value === null ? null : value.slice()])
    return this.#alone(() => this.#raw.commit([...own.flatMap(([key, value]) => this.#sealed(key, value)), ...beside]))
  }

  async close(): Promise<void> {
    await this.#turn
    zeroKeys(this.#current.keys)
    if (this.#old !== null) zeroKeys(this.#old.keys)
    await this.#raw.close()
  }

  /** All records, in no order and in batches, between which anything may happen. What cannot be read is DAMAGED, under its hidden name. */
  async *batches(count: number): AsyncGenerator<Entry[]> {
    for (const { keys, names } of [this.#old, this.#current].filter((one) => one !== null)) {
      for (let from = names.root; ; ) {
        const found = await this.#raw.list(names.root, { from, limit: count })
        yield found.map(([hidden, bytes]) => {
          const record = this.#open(keys, hidden, bytes, null)
          return record === null ? [hidden, DAMAGED] : [record.key, record.value]
        })
        if (found.length < count) break
        from = found.at(-1)![0]
      }
    }
  }

  /** From now on records are sealed under these keys; those that are there are moved by `move`. `writes` go with the change, in the raw store. */
  replaceKeys(keys: VaultKeys, writes: readonly Write[]): Promise<void> {
    if (this.#old !== null) throw new Error("the keys are being replaced already")
    return this.#alone(async () => {
      await this.#raw.commit(writes)
      this.#old = this.#current
      this.#current = layer(keys)
    })
  }

  /** Seals up to `count` records of the old layer anew. False where none is left; then `last` is what is written with that. */
  move(count: number, last: () => readonly Write[]): Promise<boolean> {
    return this.#alone(async () => {
      const old = this.#old
      if (old === null) return false
      const found = await this.#raw.list(old.names.root, { limit: count })
      if (found.length === 0) {
        await this.#raw.commit(last())
        this.#old = null
        zeroKeys(old.keys)
        return false
      }
      const writes = found.flatMap(([hidden, bytes]): Write[] => {
        const record = openRecord(old.keys, hidden, bytes)
        if (record !== null) return this.#sealed(record.key, record.value)
        this.#mark(hidden, null)
        return [[hidden, null]]
      })
      await this.#raw.commit(writes)
      return true
    })
  }

  /** Seals up to `count` records that lie in the clear, of the time before there were vaults. As `move`. */
  adopt(count: number, last: () => readonly Write[]): Promise<boolean> {
    return this.#alone(async () => {
      // Sealed names sort behind all others.
      const found = (await this.#raw.list("", { limit: count })).filter(([key]) => !key.startsWith(SEALED))
      await this.#raw.commit(found.length === 0 ? last() : found.flatMap(([key, value]): Write[] => [...this.#sealed(key, value), [key, null]]))
      return found.length > 0
    })
  }

  #sealed(key: string, value: Uint8Array | null): Write[] {
    const { keys, names } = this.#current
    const hidden = names.of(key)
    // What takes its place is whole.
    this.#damaged.delete(hidden)
    const write: Write = [hidden, value === null ? null : sealRecord(keys, hidden, { key, value }, this.#random)]
    if (this.#old === null) return [write]
    const former = this.#old.names.of(key)
    this.#damaged.delete(former)
    return [write, [former, null]]
  }

  async #getFrom({ keys, names }: Layer, key: string): Promise<Uint8Array | null> {
    const hidden = names.of(key)
    const bytes = await this.#raw.get(hidden)
    return bytes === null ? null : (this.#open(keys, hidden, bytes, key)?.value ?? DAMAGED)
  }

  async #listFrom(from: Layer, prefix: string, options: ListOptions): Promise<Entry[]> {
    const page = options.limit === undefined || options.limit === Infinity ? null : await this.#page(from, prefix, options, options.limit)
    if (page !== null) return page
    const folder = folderOf(prefix)
    const found = await this.#raw.list(from.names.folder(folder))
    const entries = found.map(([hidden, bytes]) => this.#entry(from, folder, hidden, bytes)).filter(isEntry)
    return inOrder(entries.filter(([key]) => key.startsWith(prefix)), options)
  }

  /** A part of a folder of numbers, which lie in order. Null where the folder holds anything else: then all of it is needed. */
  async #page(from: Layer, prefix: string, { from: key, reverse = false }: ListOptions, limit: number): Promise<Entry[] | null> {
    const hidden = from.names.folder(prefix.endsWith("/") ? prefix : folderOf(prefix))
    const isWhole = prefix === "" || prefix.endsWith("/")
    if (!isWhole || (key !== undefined && (folderOf(key) !== prefix || !isNumbered(key)))) return null
    // Names sort behind numbers: backwards from the end they show themselves.
    const showsOthers = reverse && key === undefined
    if (!showsOthers && (await this.#raw.list(`${hidden}o`, { limit: 1 })).length > 0) return null
    const found = await this.#raw.list(hidden, { limit, reverse, ...(key === undefined ? {} : { from: from.names.of(key) }) })
    if (found.some(([name]) => !name.startsWith(`${hidden}n`))) return null
    return found.map(([name, bytes]) => this.#entry(from, prefix, name, bytes)).filter(isEntry)
  }

  /** `folder` is the one that was listed: of a number in it the key is known even where the record is damaged. */
  #entry({ keys, names }: Layer, folder: string, hidden: string, bytes: Uint8Array): Entry | null {
    const record = this.#open(keys, hidden, bytes, folder)
    if (record !== null) return [record.key, record.value]
    const number = hidden.slice(names.folder(folder).length + 1)
    return names.of(folder + number) === hidden ? [folder + number, DAMAGED] : null
  }

  /** `within`: the key or the folder in which it was looked for, where one was. */
  #open(keys: VaultKeys, hidden: string, bytes: Uint8Array, within: string | null) {
    const record = openRecord(keys, hidden, bytes)
    if (record === null) this.#mark(hidden, within?.split("/", 1)[0] || null)
    return record
  }

  #mark(hidden: string, kind: string | null): void {
    this.#damaged.set(hidden, kind ?? this.#damaged.get(hidden) ?? null)
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

function inOrder(entries: Entry[], { from, limit = Infinity, reverse = false }: ListOptions): Entry[] {
  const order = reverse ? -1 : 1
  const sorted = entries.sort(([a], [b]) => (a < b ? -order : a > b ? order : 0))
  return sorted.filter(([key]) => from === undefined || (reverse ? key < from : key > from)).slice(0, limit)
}
