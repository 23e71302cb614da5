import { gcmsiv } from "@noble/ciphers/aes.js"
import { hkdf } from "@noble/hashes/hkdf.js"
import { sha512 } from "@noble/hashes/sha2.js"
import { concat, Reader, Writer } from "./bytes.ts"
import {
  basePoint,
  GROUP_ORDER,
  littleEndian,
  multiplyPoint,
  passingPoint,
  publicEd25519,
  scalarBytes,
  signEd25519,
  signWithScalar,
  verifyEd25519,
  wideReduce,
} from "./ed25519.ts"
import type { Block, BoxId, Content, Signature } from "./names.ts"
import { sized } from "./names.ts"
import type { Random } from "./random.ts"
import { utf8 } from "./text.ts"

const BLIND = utf8("sotto v1 box blind")
const KEY = utf8("sotto v1 box key")
const WRITE = utf8("sotto v1 box write")
const NONCE = utf8("sotto v1 box nonce")
const COMMIT = utf8("sotto v1 commit")
const COMMIT_BODY = utf8("sotto v1 body of a commit")
const RECOVERY = utf8("sotto v1 recovery box")
const REPRIEVE = utf8("sotto v1 reprieve")
const FILE = utf8("sotto v1 file")
const ZERO_NONCE = new Uint8Array(12)

/** What a member of the conversation knows of one box: where it lies and how to open it. */
export interface BoxKeys {
  readonly id: BoxId
  /** AES-256-GCM-SIV, used for one block only. */
  readonly key: Uint8Array
}

/** What the writer of a box knows beside. */
export interface OwnBox extends BoxKeys {
  /** Signs the content as the write to this box; 32 fresh random bytes are drawn. */
  sign(content: Content, random: Random): Signature
}

function boxInfo(label: Uint8Array, index: number): Uint8Array {
  return new Writer().put(label).u64(index).done()
}

function blind(context: Uint8Array, stream: Uint8Array, index: number): bigint {
  return wideReduce(hkdf(sha512, context, stream, boxInfo(BLIND, index), 64))
}

/**
 * Box `index` of the stream whose key is `stream` (P, prime order, checked by the caller) under the epoch's context
 * (32 bytes). design.md section 7.
 */
export function streamBox(context: Uint8Array, stream: Uint8Array, index: number): BoxKeys {
  return {
    id: sized("BoxId", multiplyPoint(stream, blind(context, stream, index))),
    key: hkdf(sha512, context, stream, boxInfo(KEY, index), 32),
  }
}

/** The same box for the one who knows s with P = s·B; `scalar` is s, 32 bytes little-endian. */
export function ownStreamBox(context: Uint8Array, scalar: Uint8Array, stream: Uint8Array, index: number): OwnBox {
  const secret = (blind(context, stream, index) * littleEndian(scalar)) % GROUP_ORDER
  const id = sized("BoxId", basePoint(secret))
  return {
    id,
    key: hkdf(sha512, context, stream, boxInfo(KEY, index), 32),
    sign: (content, random) =>
      signWithScalar(secret, id, [NONCE, scalarBytes(secret), random(32), id, content], writeMessage(id, content)),
  }
}

/** A box whose key pair is the Ed25519 pair of a seed (32 bytes): whoever knows the seed can write it. */
export function seededBox(seed: Uint8Array, key: Uint8Array): OwnBox {
  const id = sized("BoxId", publicEd25519(seed))
  return { id, key, sign: (content) => signEd25519(seed, writeMessage(id, content)) }
}

/** Seed and key of a box that follows from a secret: HKDF-SHA512( ikm = secret, no salt, info, 64 ). Whoever has the secret can write it. */
function derived(secret: Uint8Array, info: Uint8Array): { seed: Uint8Array; key: Uint8Array } {
  const reader = new Reader(hkdf(sha512, secret, undefined, info, 64))
  return { seed: reader.take(32), key: reader.take(32) }
}

function derivedBox(secret: Uint8Array, info: Uint8Array): OwnBox {
  const { seed, key } = derived(secret, info)
  return seededBox(seed, key)
}

/** The box of an epoch's commit: `attempt` counts those before it that were void. design.md section 7. */
export function commitBox(context: Uint8Array, attempt: number): OwnBox {
  const { seed, key } = commitSecrets(context, attempt)
  return seededBox(seed, key)
}

/** What is given to a device that rejoins, and knows no context. */
export function commitSecrets(context: Uint8Array, attempt: number): { seed: Uint8Array; key: Uint8Array } {
  return derived(context, new Writer().put(COMMIT).u32(attempt).done())
}

/** The boxes of what did not fit into the claim, from the claim's seed (32 bytes). */
export function commitBodyBox(seed: Uint8Array, index: number): OwnBox {
  return derivedBox(seed, new Writer().put(COMMIT_BODY).u32(index).done())
}

/** Where one of two contacts pleads on a day (days since 1970). `direction`: 0 from who showed the code, 1 from who entered it. */
export function recoveryBox(secret: Uint8Array, direction: 0 | 1, day: number): OwnBox {
  return derivedBox(secret, new Writer().put(RECOVERY).u8(direction).u32(day).done())
}

/** The boxes in which a plea is answered, from the plea's seed (32 bytes). */
export function reprieveBox(seed: Uint8Array, index: number): OwnBox {
  return derivedBox(seed, new Writer().put(REPRIEVE).u32(index).done())
}

/** The boxes of a file, from its secret (32 bytes). */
export function fileBox(secret: Uint8Array, index: number): OwnBox {
  return derivedBox(secret, new Writer().put(FILE).u32(index).done())
}

/** A fresh stream key: s uniform, 32 bytes little-endian, and P = s·B. */
export function newStreamKey(random: Random): { scalar: Uint8Array; stream: Uint8Array } {
  const scalar = wideReduce(random(64))
  return { scalar: scalarBytes(scalar), stream: basePoint(scalar) }
}

/** An id under which nothing lies and nothing will: r·B, so that it cannot be told from others. */
export function coverBoxId(random: Random): BoxId {
  return sized("BoxId", passingPoint(wideReduce(random(64))))
}

function writeMessage(id: BoxId, content: Content): Uint8Array {
  return concat(WRITE, id, content)
}

export function verifyWrite(id: BoxId, content: Content, signature: Signature): Promise<boolean> {
  return verifyEd25519(id, writeMessage(id, content), signature)
}

export function sealBlock(box: BoxKeys, block: Block): Content {
  return sized("Content", gcmsiv(box.key, ZERO_NONCE, box.id).encrypt(block))
}

/** null where the content was not sealed with this box's key. */
export function openBlock(box: BoxKeys, content: Content): Block | null {
  try {
    return sized("Block", gcmsiv(box.key, ZERO_NONCE, box.id).decrypt(content))
  } catch {
    return null
  }
}
