import { toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { NodeView } from "./network-view.ts"

/** Made once for each entry of a directory: with every packet that leaves or comes the network is told anew. */
const views = new WeakMap<NodeEntry, NodeView>()

export function nodeView(node: NodeEntry): NodeView {
  const known = views.get(node)
  if (known !== undefined) return known
  const view = {
    id: toHex(node.id),
    role: node.role,
    layer: node.layer,
    operator: node.operator,
    provider: node.provider,
    host: node.url.replace(/^https?:\/\//, ""),
  }
  views.set(node, view)
  return view
}
