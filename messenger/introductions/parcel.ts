import { sha256 } from "@noble/hashes/sha2.js"
import { concat, Reader, WireError, Writer } from "../../shared/bytes.ts"
import { HASH_LENGTH, KEY_LENGTH } from "../../shared/geometry.ts"
import { utf8 } from "../../shared/text.ts"
import { isName, NAME_MAX } from "../name.ts"

const VERSION = 1
export const INTRODUCTION_ID_LENGTH = 16
const GROUP_ID_LENGTH = 16
const LABEL = utf8("sotto v1 introduced")

/**
 * What the three devices of an introduction say to each other, in the conversations that they have already: version 1 ‖ step 1 ‖ id 16 ‖ what the step has.
 *
 * - 0 ask: please introduce me to whoever has this identity key in this group: group id 16 ‖ identity key 32
 * - 1 offer: do you want to know somebody? u8 1 for the one who is to make a contact code, 0 for the other ‖ mark 32 ‖ name behind a length of 2
 * - 2 agree: hash of the bundle of a contact code 32; zeros from who is not to make one
 * - 3 way: both have agreed, and this is the hash of the bundle of the other's contact code 32
 * - 4 end: nothing comes of it
 */
export type IntroductionParcel = { readonly id: Uint8Array } & (
  | { readonly step: "ask"; readonly group: Uint8Array; readonly identity: Uint8Array }
  | { readonly step: "offer"; readonly isHost: boolean; readonly mark: Uint8Array; readonly name: string }
  | { readonly step: "agree"; readonly bundle: Uint8Array }
  | { readonly step: "way"; readonly bundle: Uint8Array }
  | { readonly step: "end" }
)

const STEPS = ["ask", "offer", "agree", "way", "end"] as const

/** By this the two recognize each other, and nobody learns an identity key who does not have it. */
export function markOf(id: Uint8Array, identity: Uint8Array): Uint8Array {
  return sha256(concat(LABEL, id, identity))
}

export function encodeIntroduction(parcel: IntroductionParcel): Uint8Array {
  const writer = new Writer().u8(VERSION).u8(STEPS.indexOf(parcel.step)).put(parcel.id)
  switch (parcel.step) {
    case "ask":
      return writer.put(parcel.group).put(parcel.identity).done()
    case "offer":
      return writer.u8(parcel.isHost ? 1 : 0).put(parcel.mark).text16(parcel.name).done()
    case "agree":
    case "way":
      return writer.put(parcel.bundle).done()
    case "end":
      return writer.done()
  }
}

/** Throws WireError. */
export function decodeIntroduction(bytes: Uint8Array): IntroductionParcel {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const step = STEPS[reader.u8()]
  if (step === undefined) throw new WireError()
  const id = reader.take(INTRODUCTION_ID_LENGTH).slice()
  const parcel = ((): IntroductionParcel => {
    switch (step) {
      case "ask":
        return { id, step, group: reader.take(GROUP_ID_LENGTH).slice(), identity: reader.take(KEY_LENGTH).slice() }
      case "offer": {
        const host = reader.u8()
        const offer = { id, step, isHost: host === 1, mark: reader.take(HASH_LENGTH).slice(), name: reader.text16(NAME_MAX) }
        if (host > 1 || !isName(offer.name)) throw new WireError()
        return offer
      }
      case "agree":
      case "way":
        return { id, step, bundle: reader.take(HASH_LENGTH).slice() }
      case "end":
        return { id, step }
    }
  })()
  reader.end()
  return parcel
}
