import type { Errand, Trip } from "../../messenger/courier.ts"
import { newStreamKey, ownStreamBox, sealBlock } from "../../shared/box.ts"
import type { OwnBox } from "../../shared/box.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import * as geometry from "../../shared/geometry.ts"
import type { Content, Signature } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Reply, Status } from "../../shared/request.ts"
import { noContent, noSignature, noStampTerms } from "../../shared/request.ts"
import { seeded } from "../nodes/seeded.ts"

const random = seeded("errands")
const context = random(32)
const key = newStreamKey(random)

/** The n-th box of a stream, with its writer's keys. */
export const boxAt = (index: number): OwnBox => ownStreamBox(context, key.scalar, key.stream, index)

export const dropboxNumber = (n: number): NodeEntry => ({
  id: sized("NodeId", new Uint8Array(32).fill(n)),
  role: "dropbox",
  layer: 0,
  operator: "",
  provider: "",
  url: `http://dropbox-${n}.test`,
  keys: [],
})

export const dropbox = dropboxNumber(1)

export const trip: Trip = { carried: "read", asked: "read", out: [], back: [], hold: 0, sent: 0, answered: 1, lost: false }

export interface Written {
  readonly content: Content
  readonly signature: Signature
}

/** Something that the owner of a box wrote into it. */
export function writtenTo(box: OwnBox, fill = 0): Written {
  const content = sealBlock(box, sized("Block", new Uint8Array(geometry.BLOCK_LENGTH).fill(fill)))
  return { content, signature: box.sign(content, random) }
}

export function reply(status: Status, what?: Written): Reply {
  return { status, stampTerms: noStampTerms(), signature: what?.signature ?? noSignature(), content: what?.content ?? noContent() }
}

/** The dropbox, or the network, answers. */
export async function answer(errand: Errand | null, status: Status, what?: Written, stampTerms = noStampTerms()): Promise<void> {
  if (errand === null) throw new Error("nothing was asked")
  await errand.fate?.replied({ ...reply(status, what), stampTerms }, trip)
}
