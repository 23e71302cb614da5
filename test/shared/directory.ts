import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Authorities, Directory, DirectoryBody } from "../../shared/directory/document.ts"
import { encodeBody, encodeDocument, networkId, openDocument, signBody } from "../../shared/directory/document.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"

const random = seeded("directories")

/** Seeds of three authorities, of which two must sign. */
export const authoritySeeds = [random(32), random(32), random(32)] as const
export const authorities: Authorities = { keys: authoritySeeds.map(publicEd25519), threshold: 2 }

export const nodeSeed = (name: string) => seeded(`node ${name}`)(32)

export function entryOf(name: string, layer: number, changes: Partial<NodeEntry> = {}): NodeEntry {
  return {
    id: sized("NodeId", publicEd25519(nodeSeed(name))),
    role: layer === 0 ? "dropbox" : "mix",
    layer,
    operator: "nobody",
    provider: "nowhere",
    url: `https://${name}.example`,
    keys: [2, 3].map((epoch) => ({ epoch, key: sized("SphinxKey", seeded(`key ${name} ${epoch}`)(32)) })),
    ...changes,
  }
}

export function bodyOf(nodes: readonly NodeEntry[], changes: Partial<DirectoryBody> = {}): DirectoryBody {
  return {
    network: networkId(authorities),
    epoch: 7,
    validFrom: 1_000,
    validUntil: 2_000,
    previous: new Uint8Array(32).fill(3),
    parameters: defaultParameters,
    nodes,
    ...changes,
  }
}

/** A document over these very bytes, signed by the authorities of these seeds. */
export function signedBy(body: Uint8Array, ...seeds: readonly Uint8Array[]): Uint8Array {
  return encodeDocument(body, seeds.map((seed) => ({ key: publicEd25519(seed), signature: signBody(seed, body) })))
}

export function directoryOf(nodes: readonly NodeEntry[], changes: Partial<DirectoryBody> = {}): Promise<Directory> {
  return openDocument(signedBy(encodeBody(bodyOf(nodes, changes)), authoritySeeds[0], authoritySeeds[1]), authorities)
}
