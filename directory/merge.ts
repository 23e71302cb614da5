import { compareBytes, toHex, Writer } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { writeEntry } from "../shared/directory/descriptor.ts"
import type { Directory } from "../shared/directory/document.ts"
import { NODES_MAX } from "../shared/directory/document.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import { writeParameters } from "../shared/directory/parameters.ts"
import type { ListedNode, View } from "./view.ts"

/** What a document says, before it has an epoch and signatures. */
export interface Content {
  readonly parameters: Parameters
  readonly nodes: readonly NodeEntry[]
}

/**
 * What at least `threshold` views say alike: nodes with the same id, role, layer, URL, operator and provider, and the parameters,
 * or else those of the previous document. Keys are those of the latest descriptor among these views; a node without one
 * for the moment `slot` (ms) is not listed. The order of the views makes no difference. null where not even parameters are agreed upon.
 * One view per author; the threshold must be more than half of the authorities, so that no id is listed twice.
 */
export function merge(views: readonly View[], threshold: number, previous: Content | null, slot: number): Content | null {
  const parameters = shared(views, threshold) ?? previous?.parameters
  if (views.length < threshold || parameters === undefined) return null
  const groups = Map.groupBy(views.flatMap(({ nodes }) => nodes), ({ entry }) => toHex(writeEntry(new Writer(), { ...entry, keys: [] }).done()))
  const nodes = [...groups.values()].filter((group) => group.length >= threshold).map((group) => group.reduce(later).entry)
  const listed = nodes.filter((node) => hasKeyFor(node, slot, parameters)).sort((a, b) => compareBytes(a.id, b.id))
  return { parameters, nodes: listed.slice(0, NODES_MAX) }
}

/** True where packets that are made at `time` (ms) can pass the node. */
export function hasKeyFor({ keys }: NodeEntry, time: number, { keyEpochSeconds }: Parameters): boolean {
  return keys.some(({ epoch }) => epoch === Math.floor(time / 1000 / keyEpochSeconds))
}

/**
 * False where the content would replace a document that is still valid at `slot` and lists fewer than half of its nodes, or leaves
 * a layer or the dropboxes empty that it has: so much does not break at once, but an authority's own connection does.
 */
export function mayReplace(content: Content, previous: Directory | null, slot: number): boolean {
  if (previous === null || previous.validUntil <= slot) return true
  const ids = new Set(content.nodes.map(({ id }) => toHex(id)))
  const kept = previous.nodes.filter(({ id }) => ids.has(toHex(id))).length
  const remain = (listed: readonly NodeEntry[], layer: number) =>
    listed.length === 0 || content.nodes.some((node) => node.layer === layer && !node.leaving)
  return 2 * kept >= previous.nodes.length && remain(previous.dropboxes, 0) && previous.layers.every((layer, i) => remain(layer, i + 1))
}

/** What two documents are compared by. */
export function said({ parameters, nodes }: Content): Uint8Array {
  const writer = writeParameters(new Writer(), parameters)
  const byUrl = [...nodes].sort((a, b) => (a.url < b.url ? -1 : 1))
  for (const node of byUrl) writeEntry(writer, node)
  return writer.done()
}

/** The parameters that enough views have. */
function shared(views: readonly View[], threshold: number): Parameters | undefined {
  const groups = Map.groupBy(views, ({ parameters }) => toHex(writeParameters(new Writer(), parameters).done()))
  return [...groups.values()].find((group) => group.length >= threshold)?.[0]?.parameters
}

/** A node can sign two descriptors of one moment: then their bytes decide, so that all authorities choose alike. */
function later(a: ListedNode, b: ListedNode): ListedNode {
  const order = a.issued - b.issued || compareBytes(a.descriptor, b.descriptor)
  return order >= 0 ? a : b
}
