import { sha256 } from "@noble/hashes/sha2.js"
import { compareBytes, concat, toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Directory } from "../shared/directory/document.ts"
import type { BoxId, NodeId } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import { replicas } from "../shared/placement.ts"

/** The dropboxes that have, or are to have, one box: best first, those only that the directory lists now. */
export type Replicas = () => readonly NodeEntry[]

/** Where boxes lie: by the list of dropboxes of today, or by the one that an epoch was made with. */
export class Places {
  #directory: Directory | null = null
  readonly #lists = new Map<string, readonly Uint8Array[]>()

  use(directory: Directory): void {
    this.#directory = directory
  }

  /** A list that was in use once: what a conversation was placed on is asked for by its hash. */
  know(list: readonly Uint8Array[]): void {
    this.#lists.set(toHex(placementHash(list)), list)
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
