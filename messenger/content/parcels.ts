import { WireError } from "../../shared/bytes.ts"
import { CborReader } from "./cbor-reader.ts"
import { CborWriter } from "./cbor-writer.ts"
import { DISPOSITION, NO_EXTENSIONS } from "./content.ts"
import type { MimiContent } from "./content.ts"

/**
 * What devices say to each other in a conversation without their users: types of our own, of version 1. Each is an array of four, in CBOR: id (16 bytes),
 * number of this part, number of parts, bytes. What has no room in one message goes in several.
 */
export const PARCELS = ["keypackages", "invitation", "leave", "plea", "reprieve", "introduction", "history"] as const
export type ParcelKind = (typeof PARCELS)[number]

export const PARCEL_ID_LENGTH = 16
/** What fits into a message beside what it is wrapped in. */
const PART_MAX = 48 << 10
/** The tree of 32 leaves, all of whose nodes have keys, takes about 100,000 bytes. */
export const PARCEL_PARTS_MAX = 4
const ITEMS = 4

export interface ParcelPart {
  readonly kind: ParcelKind
  readonly id: Uint8Array
  readonly part: number
  readonly of: number
  readonly bytes: Uint8Array
}

const typeOf = (kind: ParcelKind) => `application/vnd.sotto.${kind}+cbor;v=1`
const kinds = new Map(PARCELS.map((kind) => [typeOf(kind), kind]))

/** The messages of one parcel; `random` gives so many fresh bytes. Throws a RangeError where it is too long. */
export function parcelMessages(kind: ParcelKind, bytes: Uint8Array, random: (length: number) => Uint8Array): MimiContent[] {
  const id = random(PARCEL_ID_LENGTH)
  const of = Math.max(1, Math.ceil(bytes.length / PART_MAX))
  if (of > PARCEL_PARTS_MAX) throw new RangeError("a parcel too long")
  return Array.from({ length: of }, (_, part): MimiContent => ({
    salt: random(16),
    replaces: null,
    topicId: new Uint8Array(0),
    expires: null,
    inReplyTo: null,
    extensions: NO_EXTENSIONS,
    body: {
      kind: "single",
      disposition: DISPOSITION.session,
      language: "",
      contentType: typeOf(kind),
      content: new CborWriter().array(ITEMS).bytes(id).uint(part).uint(of).bytes(bytes.slice(part * PART_MAX, (part + 1) * PART_MAX)).done(),
    },
  }))
}

/** null where the message is something else, or of a version that is not known here. Throws WireError where it is none of its version. */
export function parcelOf({ body }: Pick<MimiContent, "body">): ParcelPart | null {
  const kind = body.kind === "single" ? kinds.get(body.contentType.toLowerCase().replaceAll(" ", "")) : undefined
  if (body.kind !== "single" || kind === undefined) return null
  const reader = new CborReader(body.content)
  if (reader.array() !== ITEMS) throw new WireError()
  const id = reader.bytes(PARCEL_ID_LENGTH, PARCEL_ID_LENGTH)
  const [part, of] = [reader.uint(PARCEL_PARTS_MAX - 1), reader.uint(PARCEL_PARTS_MAX)]
  const bytes = reader.bytes(PART_MAX)
  reader.end()
  if (part >= of) throw new WireError()
  return { kind, id, part, of, bytes }
}
