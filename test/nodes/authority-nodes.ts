import type { Admission } from "../../shared/directory/admission.ts"
import type { EpochKey, NodeEntry } from "../../shared/directory/descriptor.ts"
import { signDescriptor } from "../../shared/directory/descriptor.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "./seeded.ts"
import { x25519 } from "./x25519.ts"

export const admissions: readonly Admission[] = ["mix1a 1", "mix1b 1", "mix2a 2", "mix2b 2", "mix3a 3", "mix3b 3", "box-a 0", "box-b 0"].map((text) => {
  const [name, layer] = text.split(" ") as [string, string]
  return { url: `http://${name}`, role: layer === "0" ? "dropbox" : "mix", layer: Number(layer), operator: `operator of ${name}`, provider: `provider of ${name}` }
})

export const nodeSeedOf = (url: string) => seeded(`node ${url}`)(32)

const sphinxKeys = new Map<string, Promise<EpochKey>>()

function keyOf(url: string, epoch: number): Promise<EpochKey> {
  const name = `${url} ${epoch}`
  if (!sphinxKeys.has(name)) {
    sphinxKeys.set(name, x25519.publicKey(seeded(`key ${name}`)(32)).then((key) => ({ epoch, key: sized("SphinxKey", key) })))
  }
  return sphinxKeys.get(name)!
}

/** What a node says of itself at a time of its own clock. */
export async function descriptorAt(url: string, time: number, keyEpochSeconds: number, changes: Partial<NodeEntry> = {}): Promise<Uint8Array> {
  const admission = admissions.find((one) => one.url === url) ?? admissions[0]!
  const epoch = Math.floor(time / 1000 / keyEpochSeconds)
  const keys = await Promise.all([0, 1, 2, 3].map((ahead) => keyOf(url, epoch + ahead)))
  const seed = nodeSeedOf(url)
  return signDescriptor(seed, { ...admission, url, id: sized("NodeId", publicEd25519(seed)), keys, ...changes }, time)
}
