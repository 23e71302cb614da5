import { idOf } from "../../../messenger/network-description.ts"
import type { NetworkDescription } from "../../../messenger/ports.ts"
import { fromHex, Reader, WireError } from "../../../shared/bytes.ts"
import type { DirectoryBody } from "../../../shared/directory/document.ts"
import { decodeBody, openDocument } from "../../../shared/directory/document.ts"
import { DIRECTORY_MAX } from "../../../shared/geometry.ts"
import { Failure } from "../../failure.ts"
import { describedBy, get } from "./description.ts"

/** A network as seen from one of its addresses. */
export interface Seen {
  readonly directory: DirectoryBody
  /** null where only a node's word was asked: then nobody has checked who signed. */
  readonly network: NetworkDescription | null
}

/** The latest directory, from a network.json, or from the URL of an app, an authority or a node. Throws Failure. */
export async function seenFrom(address: string): Promise<Seen> {
  if (/^https?:\/\//.test(address) && !address.includes("#")) {
    const url = address.replace(/\/(?:network\.json|directory)?$/, "")
    const [description, document] = await Promise.all([get(`${url}/network.json`), get(`${url}/directory`)])
    const isApp = description?.headers.get("content-type")?.includes("json") ?? false
    await description?.body?.cancel()
    if (!isApp) {
      if (document === null) throw new Failure(`Neither an app nor a node with a directory answers at ${url}.`)
      return { directory: unchecked(await bytesOf(document)), network: null }
    }
    await document?.body?.cancel()
  }
  const network = await describedBy(address)
  return { directory: await latest(network), network }
}

/** The newest document that enough of the authorities signed, wherever it can be had. Throws Failure. */
async function latest(network: NetworkDescription): Promise<DirectoryBody> {
  const authorities = { keys: network.authorities.map(({ key }) => fromHex(key)), threshold: network.threshold }
  const urls = [...new Set([...network.authorities.map(({ url }) => `${url.replace(/\/$/, "")}/directory`), ...network.directories.slice(0, 5)])]
  const found = await Promise.all(
    urls.map(async (url) => {
      const response = await get(url)
      return response === null ? null : openDocument(await bytesOf(response), authorities).catch(() => null)
    }),
  )
  const [newest] = found.filter((one) => one !== null).sort((a, b) => b.epoch - a.epoch)
  if (newest === undefined) throw new Failure(`No directory that ${network.threshold} of the authorities signed can be had for the network ${idOf(network).slice(0, 16)}….`)
  return newest
}

function unchecked(document: Uint8Array): DirectoryBody {
  try {
    return decodeBody(new Reader(document).bytes32(DIRECTORY_MAX))
  } catch (error) {
    if (error instanceof WireError) throw new Failure("What is there is no directory of a network.")
    throw error
  }
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer())
}
