import type { NodeEntry, Role } from "../shared/directory/descriptor.ts"

/** A node that the authority's operator lets into the network. */
export interface Admission {
  /** Where the node is asked for its descriptor; what it says of itself must name the same URL. */
  readonly url: string
  readonly role: Role
  /** 1 to 3 of a mix, 0 of a dropbox. */
  readonly layer: number
  readonly operator: string
  readonly provider: string
}

/**
 * The entry for the directory, or null where the node is another than was admitted. Who runs it and where is the
 * authority's word, not the node's own.
 */
export function admittedEntry(admission: Admission, entry: NodeEntry): NodeEntry | null {
  const { url, role, layer, operator, provider } = admission
  if (entry.url !== url || entry.role !== role || entry.layer !== layer) return null
  return { ...entry, operator, provider }
}
