import { nobleX25519 } from "sphinx-packet"
import { vi } from "vitest"
import { sameBytes } from "../../shared/bytes.ts"
import type { EpochKey, NodeEntry, Role } from "../../shared/directory/descriptor.ts"
import { openDescriptor } from "../../shared/directory/descriptor.ts"
import type { Directory } from "../../shared/directory/document.ts"
import { encodeBody, encodeDocument, networkId, openDocument, signBody } from "../../shared/directory/document.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { publicEd25519, signerEd25519 } from "../../shared/ed25519.ts"
import { decodeLink, packetsOf, signLink, verifyLink } from "../../shared/link.ts"
import type { Packet } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"

const AUTHORITY_SEED = seeded("test authority")(32)
const AUTHORITIES = { keys: [publicEd25519(AUTHORITY_SEED)], threshold: 1 }
const x25519 = nobleX25519()
const parameters = { ...defaultParameters, meanDelay: 20, stampBits: 4 }

/** A node that is not there: its Sphinx secret, the seed of its identity, and its entry in the directory. */
export interface Neighbour {
  readonly secret: Uint8Array
  readonly seed: Uint8Array
  readonly entry: NodeEntry
}

export async function neighbour(url: string, role: Role, layer: number): Promise<Neighbour> {
  const random = seeded(url)
  const secret = random(32)
  const epoch = Math.floor(Date.now() / 1000 / parameters.keyEpochSeconds)
  const keys: EpochKey[] = [{ epoch, key: sized("SphinxKey", await x25519.publicKey(secret)) }]
  const seed = random(32)
  const id = sized("NodeId", publicEd25519(seed))
  return { secret, seed, entry: { id, role, layer, operator: "test", provider: "test", url, keys } }
}

export async function descriptorOf(stub: DurableObjectStub): Promise<NodeEntry> {
  const response = await stub.fetch("https://this.test/descriptor")
  return (await openDescriptor(new Uint8Array(await response.arrayBuffer()))).entry
}

/** A signed document of these nodes, brought to the node as the authority would. */
export async function publish(stub: DurableObjectStub, nodes: readonly NodeEntry[], epoch = 1): Promise<Directory> {
  const now = Date.now()
  const body = encodeBody({
    network: networkId(AUTHORITIES),
    epoch,
    validFrom: now,
    validUntil: now + 3_600_000,
    previous: new Uint8Array(32),
    parameters,
    nodes,
  })
  const document = encodeDocument(body, [{ key: AUTHORITIES.keys[0]!, signature: signBody(AUTHORITY_SEED, body) }])
  await post(stub, "/directory", document)
  return openDocument(document, AUTHORITIES)
}

export async function post(stub: DurableObjectStub, path: string, body: Uint8Array): Promise<Response> {
  return stub.fetch(`https://this.test${path}`, { method: "POST", body })
}

let lastTime = 0

/** A request with these packets from a neighbour, signed, brought to the node. */
export async function link(stub: DurableObjectStub, from: Neighbour, to: NodeEntry, ...packets: readonly Uint8Array[]): Promise<Response> {
  return post(stub, "/packets", await linkBody(from, to, ...packets))
}

export function linkBody(from: Neighbour, to: NodeEntry, ...packets: readonly Uint8Array[]): Promise<Uint8Array> {
  lastTime = Math.max(Date.now(), lastTime + 1)
  return signLink(signerEd25519(from.seed), from.entry.id, to.id, lastTime, packets as readonly Packet[])
}

/** The packets of what a node sent, which must be a request that it signed for this neighbour. */
export async function packetsIn({ body }: Sent, from: NodeEntry, to: Neighbour): Promise<Uint8Array[]> {
  const request = decodeLink(body)
  if (!sameBytes(request.sender, from.id) || !(await verifyLink(request, to.entry.id))) throw new Error("not signed")
  return packetsOf(request)
}

export async function health(stub: DurableObjectStub): Promise<{ refused: Record<string, number>; directory: number | null }> {
  return (await stub.fetch("https://this.test/health")).json()
}

export interface Sent {
  readonly url: string
  readonly body: Uint8Array
}

/** Takes the place of the internet: what nodes send is recorded, and answered by `answer`, 202 unless it says otherwise. */
export function internet(answer: (url: string) => Response | null = () => null): Sent[] {
  const sent: Sent[] = []
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const url = String(input)
    const answered = answer(url)
    if (init?.method === "POST") sent.push({ url, body: init.body as Uint8Array })
    return answered ?? new Response(null, { status: init?.method === "POST" ? 202 : 503 })
  })
  return sent
}
