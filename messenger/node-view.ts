import { toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { NodeView } from "./network-view.ts"

export function nodeView(node: NodeEntry): NodeView {
  return {
    id: toHex(node.id),
    role: node.role,
    layer: node.layer,
    operator: node.operator,
    provider: node.provider,
    host: node.url.replace(/^https?:\/\//, ""),
  }
}
