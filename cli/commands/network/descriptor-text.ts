import type { NodeEntry } from "../../../shared/directory/descriptor.ts"
import { openDescriptor } from "../../../shared/directory/descriptor.ts"
import { Failure } from "../../failure.ts"
import { get } from "./description.ts"

const MARK = "sotto-node-1."
const LONGEST = 8000

/** A descriptor as text without spaces, to be sent from one operator to another. */
export function descriptorText(bytes: Uint8Array): string {
  return MARK + Buffer.from(bytes).toString("base64url")
}

/** What a node says of itself, from its text or asked for at its URL; its signature is checked. Throws Failure. */
export async function describedNode(textOrUrl: string): Promise<{ entry: NodeEntry; text: string }> {
  const bytes = textOrUrl.startsWith(MARK) ? Buffer.from(textOrUrl.slice(MARK.length), "base64url") : await fetched(textOrUrl)
  try {
    const { entry } = await openDescriptor(new Uint8Array(bytes))
    return { entry, text: descriptorText(bytes) }
  } catch {
    throw new Failure("This is no descriptor of a node, or one that was changed on the way.")
  }
}

async function fetched(url: string): Promise<Uint8Array> {
  if (!/^https?:\/\//.test(url)) throw new Failure(`A node is named by its URL or by its descriptor, which begins with ${MARK}`)
  const response = await get(`${url.replace(/\/$/, "")}/descriptor`)
  const bytes = response === null ? null : new Uint8Array(await response.arrayBuffer())
  if (bytes === null || bytes.length > LONGEST) throw new Failure(`No node answers at ${url}.`)
  return bytes
}
