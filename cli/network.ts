import { DESCRIPTION_MAX, idOf, parseDescription } from "../messenger/network-description.ts"
import { webSocketLink } from "../messenger/platform/nodejs/link.ts"
import type { NetworkDescription } from "../messenger/ports.ts"
import { Failure } from "./failure.ts"

/**
 * Fetches the description that the app's server at `address` gives out. A fragment, `URL#NETWORK-ID`, pins the network:
 * whoever stands in for that server cannot lead to another one. Throws Failure.
 */
export async function loadNetwork(address: string): Promise<{ network: NetworkDescription; app: string }> {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    throw new Failure(`"${address}" is not a URL; --network takes the one of the app, such as http://localhost:8080.`)
  }
  if (!/^https?:$/.test(url.protocol)) throw new Failure(`"${address}" is not a URL that begins with http:// or https://.`)
  const pin = url.hash.slice(1).toLowerCase()
  if (pin !== "" && !/^[0-9a-f]{64}$/.test(pin)) throw new Failure("The network id after # has 64 characters from 0 to 9 and a to f.")
  const app = `${url.origin}${url.pathname.replace(/\/*$/, "/")}`
  const bytes = await webSocketLink.fetch(`${app}network.json`, DESCRIPTION_MAX)
  if (bytes === null) throw new Failure(`No network answers at ${app}network.json.`)
  const network = parseDescription(new TextDecoder().decode(bytes))
  if (network === null) throw new Failure(`What ${app}network.json holds is not the description of a network.`)
  const id = idOf(network)
  if (pin !== "" && pin !== id) throw new Failure(`The network at ${app} is another one than the id says: it is ${id}.`)
  return { network, app }
}
