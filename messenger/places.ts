import { compareBytes, toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Directory } from "../shared/directory/document.ts"
import type { BoxId, NodeId } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import { replicas } from "../shared/placement.ts"

/** Where boxes lie: by the list of dropboxes of today, or by the one that an epoch was made with. */
export class Places {
  #directory: Directory | null = null

  use(directory: Directory): void {
    this.#directory = directory
  }

  /** The dropboxes of the directory in use, sorted: what a new conversation is placed on. */
  list(): Uint8Array[] {
    return (this.#directory?.dropboxes ?? []).map((node) => node.id as Uint8Array).sort(compareBytes)
  }

  /** By today's list: invitations and decoys. */
  current(box: BoxId): NodeEntry | null {
    return this.among(box, this.list())
  }

  /** By a list of node ids. null where the best of them is in no directory now. */
  among(box: BoxId, list: readonly Uint8Array[]): NodeEntry | null {
    const nodes: NodeId[] = list.map((id) => sized("NodeId", id))
    const [best] = replicas(box, nodes, 1)
    return best === undefined ? null : (this.#directory?.byId.get(toHex(best)) ?? null)
  }
}
