import { sha256 } from "@noble/hashes/sha2.js"
import { compareBytes, concat, toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Directory } from "../shared/directory/document.ts"
import type { BoxId, NodeId } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import { replicas } from "../shared/placement.ts"

/** The dropboxes that have, or are to have, one box: best first, those only that the directory lists now. */
export type Replicas = () => readonly NodeEntry[]

/** Where to look for a box that was placed by one of several lists. */
export interface Lookout {
  readonly places: Replicas
  /** It is not there: elsewhere first, then here again. */
  readonly empty: (dropbox: NodeEntry) => void
  /** How often it was not there, by the place that was asked least. */
  readonly rounds: () => number
}

/** Where boxes lie: by the list of dropboxes of today, or by the one that an epoch was made with. */
export class Places {
  #directory: Directory | null = null
  readonly #lists = new Map<string, readonly Uint8Array[]>()
  /** By the hash of a list: until when it was in use, ms. */
  readonly #until = new Map<string, number>()
  /** When a directory was last in use before this start; ms. */
  #lastUse: number | null = null
  #away = 0

  /** For how long this device had not been there when it started, to a day; ms. */
  get away(): number {
    return this.#away
  }

  use(directory: Directory): void {
    this.#directory = directory
  }

  /** A list that was in use once, `until` then: what a conversation was placed on is asked for by its hash. */
  know(list: readonly Uint8Array[], until: number): void {
    const hash = toHex(placementHash(list))
    this.#lists.set(hash, list)
    this.#until.set(hash, until)
    if (this.#directory === null) this.#lastUse = Math.max(this.#lastUse ?? 0, until)
    else if (this.#lastUse !== null && this.#away === 0) this.#away = Math.max(1, until - this.#lastUse)
  }

  /** The lists that were in use at `since` (ms) or later, today's first. */
  recent(since: number): readonly (readonly Uint8Array[])[] {
    const today = this.list()
    const name = toHex(placementHash(today))
    const others = [...this.#lists].filter(([hash]) => hash !== name && (this.#until.get(hash) ?? 0) >= since)
    return [today, ...others.sort(([a], [b]) => (this.#until.get(b) ?? 0) - (this.#until.get(a) ?? 0)).map(([, list]) => list)]
  }

  /**
   * Where a box lies that somebody placed within the time since `since` by the list of that day: at the replicas by today's list, and at
   * those by the lists before it. Those that have said least often that it is not there are asked first.
   */
  lookout(box: BoxId, since: () => number): Lookout {
    const empties = new Map<string, number>()
    let found: readonly NodeEntry[] = []
    let by: Directory | null = null
    const all = () => {
      if (by !== this.#directory) {
        by = this.#directory
        const nodes = this.recent(since()).flatMap((list) => this.among(box, list)())
        found = [...new Map(nodes.map((node) => [toHex(node.id), node])).values()]
      }
      return found
    }
    const times = (node: NodeEntry) => empties.get(toHex(node.id)) ?? 0
    const rounds = () => Math.min(...all().map(times))
    return {
      places: () => {
        const nodes = all()
        const least = Math.min(...nodes.map(times))
        return nodes.filter((node) => times(node) <= least)
      },
      empty: (dropbox) => empties.set(toHex(dropbox.id), times(dropbox) + 1),
      rounds,
    }
  }

  /** Whether a dropbox of this list is none any more on which boxes are to be placed. */
  hasLeft(list: readonly Uint8Array[]): boolean {
    const today = new Set(this.list().map(toHex))
    return today.size > 0 && list.some((id) => !today.has(toHex(id)))
  }

  /** Whether the directory lists this node now; `id` in hex. */
  isListed(id: string): boolean {
    return this.#directory?.byId.has(id) ?? true
  }

  /** null where no such list was ever in use here. */
  byHash(hash: Uint8Array): readonly Uint8Array[] | null {
    return this.#lists.get(toHex(hash)) ?? null
  }

  /** The dropboxes of the directory in use, sorted: what a new conversation is placed on. */
  list(): Uint8Array[] {
    return (this.#directory?.dropboxes ?? []).map((node) => node.id as Uint8Array).sort(compareBytes)
  }

  /** By today's list, whenever it is asked for: invitations, cover and decoys. */
  current(box: BoxId): Replicas {
    return this.#replicas(box, () => this.list())
  }

  /** By a list of node ids. */
  among(box: BoxId, list: readonly Uint8Array[]): Replicas {
    return this.#replicas(box, () => list)
  }

  /** Worked out once for each directory: a slot asks for the replicas of everything that waits. */
  #replicas(box: BoxId, list: () => readonly Uint8Array[]): Replicas {
    let found: readonly NodeEntry[] = []
    let by: Directory | null = null
    return () => {
      const directory = this.#directory
      if (directory !== null && by !== directory) {
        by = directory
        const nodes: NodeId[] = list().map((id) => sized("NodeId", id))
        found = replicas(box, nodes, directory.parameters.replicas).flatMap((id) => directory.byId.get(toHex(id)) ?? [])
      }
      return found
    }
  }
}

/** The name of a list of dropboxes: SHA-256 over their sorted node ids. */
export function placementHash(list: readonly Uint8Array[]): Uint8Array {
  return sha256(concat(...list))
}
