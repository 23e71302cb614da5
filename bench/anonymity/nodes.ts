import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Directory } from "../../shared/directory/document.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import { toHex } from "../../shared/bytes.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"

/** How many nodes there are. */
export interface Size {
  /** Mixes of each of the three layers. */
  readonly mixes: number
  readonly dropboxes: number
}

/** A directory as clients have it, of nodes that have no keys: nothing here is encrypted. */
export function directoryOf({ mixes, dropboxes }: Size, parameters: Parameters): Directory {
  const layers = [1, 2, 3].map((layer) => Array.from({ length: mixes }, (_, i) => node(layer, i)))
  const boxes = Array.from({ length: dropboxes }, (_, i) => node(0, i))
  const nodes = [...layers.flat(), ...boxes]
  return {
    network: new Uint8Array(geometry.HASH_LENGTH),
    epoch: 1,
    validFrom: 0,
    validUntil: Infinity,
    previous: new Uint8Array(geometry.HASH_LENGTH),
    parameters,
    nodes,
    hash: new Uint8Array(geometry.HASH_LENGTH),
    byId: new Map(nodes.map((one) => [toHex(one.id), one])),
    dropboxes: boxes,
    layers: [layers[0]!, layers[1]!, layers[2]!],
  }
}

/** Of a node in such a directory, which no other has. */
export function nameOf({ layer, id }: NodeEntry): string {
  return `${layer} ${id[1]} ${id[2]}`
}

function node(layer: number, index: number): NodeEntry {
  const id = new Uint8Array(geometry.NODE_ID_LENGTH)
  id[0] = layer
  new DataView(id.buffer).setUint16(1, index)
  return { id: sized("NodeId", id), role: layer === 0 ? "dropbox" : "mix", layer, operator: "", provider: "", url: "https://node.example", keys: [] }
}
