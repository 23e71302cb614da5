import { readFile } from "node:fs/promises"
import {
  HEADER_LENGTH,
  SphinxError,
  createSphinx,
  nobleLioness,
  nobleSymmetric,
  nobleX25519,
  recoverPlaintext,
  replyTag,
} from "sphinx-packet"
import type { Released, RouteHop, Sphinx, Version } from "sphinx-packet"
import { filler, readSlot } from "../../shared/sphinx-packet/src/header.ts"
import { expandSecret, hopKeys, payloadKey, payloadKeyFromSeed } from "../../shared/sphinx-packet/src/keys.ts"
import { addLayers, padMessage } from "../../shared/sphinx-packet/src/payload.ts"
import { equal, refused, same, sameWhole } from "./compare.ts"
import { hex, messageOf, unhex } from "./sphinx-file.ts"
import type { EdgeCase, ForwardVector, Inputs, SphinxFile, SurbVector } from "./sphinx-file.ts"
import type { Parts } from "./sphinx-parts.ts"
import { implementations } from "./sphinx-parts.ts"

export interface SphinxCheck {
  passed: number
  failed: number
  failures: string[]
}

const LEGACY_VERSIONS = [1, 257]
const SENT_VERSIONS = [259, 260]
const OPENED_VERSIONS = [258, ...SENT_VERSIONS]

/** Checks a file in the format of test/vectors/sphinx.json. Each vector counts twice: in JavaScript only, and with all that the platform has. */
export async function checkSphinxFile(path: string): Promise<SphinxCheck> {
  const file = JSON.parse(await readFile(path, "utf8")) as SphinxFile
  const check: SphinxCheck = { passed: 0, failed: 0, failures: [] }

  async function run(name: string, test: () => void | Promise<void>) {
    try {
      await test()
      check.passed++
    } catch (error) {
      check.failed++
      check.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  for (const [implementation, parts] of await implementations()) {
    for (const [i, vector] of (file.hkdf ?? []).entries()) await run(`hkdf ${i} (${implementation})`, () => checkHkdf(parts, vector))
    for (const vector of file.lioness ?? []) await run(`lioness ${vector.name} (${implementation})`, () => checkLioness(parts, vector))
    for (const vector of file.forward ?? []) await run(`${vector.name} (${implementation})`, () => checkForward(parts, vector))
    for (const vector of file.surbs ?? []) await run(`${vector.name} (${implementation})`, () => checkSurb(parts, vector))
    for (const vector of file.edge_cases ?? []) await run(`${vector.name} (${implementation})`, () => checkEdgeCase(parts, vector))
  }
  return check
}

function checkHkdf({ symmetric }: Parts, vector: SphinxFile["hkdf"][number]) {
  const expanded = expandSecret(symmetric, unhex(vector.shared_secret))
  same("expanded", expanded, vector.expanded)
  const { payloadSeed } = hopKeys(symmetric, unhex(vector.shared_secret))
  same("payload key", payloadKeyFromSeed(symmetric, payloadSeed), vector.payload_key_from_seed)
}

function checkLioness({ lioness }: Parts, vector: SphinxFile["lioness"][number]) {
  const block = unhex(vector.input)
  lioness.encrypt(unhex(vector.key), block)
  same("encrypted", block, vector.output)
  lioness.decrypt(unhex(vector.key), block)
  same("decrypted", block, vector.input)
}

async function checkForward(parts: Parts, vector: ForwardVector) {
  const message = messageOf(vector.inputs)
  const keystreams = vector.hops.slice(0, -1).map((hop) => nobleSymmetric.aes128Ctr(unhex(hop.stream_cipher_key), 360))
  same("filler", filler(keystreams), vector.filler)

  let packet = vector.packet === undefined ? undefined : unhex(vector.packet)
  if (isSent(vector.version)) {
    const sphinx = sender(parts, vector.inputs)
    const { inputs, version, payload_size: payloadLength } = vector
    const built = await sphinx.build({ ...addressee(inputs), route: routeOf(inputs), message, payloadLength, version })
    same("first hop", built.firstHop, inputs.node_addresses[0]!)
    same("header", built.packet.subarray(0, HEADER_LENGTH), vector.header)
    sameWhole("packet", built.packet, vector.packet, vector.packet_sha256)
    packet = built.packet
  }
  if (packet === undefined) throw new Error("no packet to open")
  if (LEGACY_VERSIONS.includes(vector.version)) return checkLegacyHops(parts, vector, packet)
  const payload = await checkHops(parts, vector, packet)
  same("message", recoverPlaintext(payload), hex(message))
}

/** Every hop, from the packet that the first one gets. Returns the payload of the last. */
async function checkHops(parts: Parts, vector: ForwardVector | SurbVector, firstPacket: Uint8Array): Promise<Uint8Array> {
  const sphinx = opener(parts, true)
  let packet = firstPacket
  for (const [i, hop] of vector.hops.entries()) {
    const released = await checkHop(parts, sphinx, vector, i, packet)
    equal(`hop ${i}: kind`, released.kind, hop.type)
    equal(`hop ${i}: version`, released.version, vector.version)
    if (released.kind === "final") {
      same(`hop ${i}: destination`, released.destination, hop.destination!)
      same(`hop ${i}: identifier`, released.identifier, hop.identifier!)
      sameWhole(`hop ${i}: payload`, released.payload, hop.payload, hop.payload_sha256)
      equal("hops left", vector.hops.length - 1 - i, 0)
      return released.payload
    }
    same(`hop ${i}: next address`, released.nextAddress, hop.next_hop_address!)
    equal(`hop ${i}: delay`, String(released.delayNanos), hop.delay_nanos)
    sameWhole(`hop ${i}: next packet`, released.packet, hop.next_packet, hop.next_packet_sha256)
    packet = released.packet
  }
  throw new Error("no final hop")
}

async function checkHop(parts: Parts, sphinx: Sphinx, vector: ForwardVector | SurbVector, i: number, packet: Uint8Array): Promise<Released> {
  const hop = vector.hops[i]!
  const secret = await parts.x25519.prepare(unhex(vector.inputs.node_private_keys[i]!))
  same(`hop ${i}: public key`, secret.publicKey, vector.inputs.node_public_keys[i]!)
  same(`hop ${i}: alpha`, packet.subarray(0, 32), hop.alpha)
  const before = hex(packet)
  const opened = await sphinx.open(secret, packet)
  same(`hop ${i}: replay tag`, opened.replayTag, hop.replay_tag)
  same(`hop ${i}: expanded secret`, expandSecret(nobleSymmetric, await secret.sharedSecret(packet.subarray(0, 32))), hop.expanded_shared_secret)
  same(`hop ${i}: stream cipher key`, opened.keys.cipher, hop.stream_cipher_key)
  same(`hop ${i}: MAC key`, opened.keys.mac, hop.header_mac_key)
  same(`hop ${i}: blinding factor`, opened.keys.blinding, hop.blinding_factor)
  same(`hop ${i}: MAC`, replyTag(packet), hop.header_mac_gamma)
  if (OPENED_VERSIONS.includes(vector.version)) {
    same(`hop ${i}: payload key`, payloadKey(nobleSymmetric, opened.keys, vector.version), hop.payload_key)
  }
  const released = await sphinx.release(opened)
  equal(`hop ${i}: the packet itself`, hex(packet), before)
  return released
}

/** Versions 1 and 257 are told apart only behind the MAC: each hop opens them, and none releases them, asked to be strict or not. */
async function checkLegacyHops(parts: Parts, vector: ForwardVector, firstPacket: Uint8Array) {
  let packet: Uint8Array | undefined = firstPacket
  for (const i of vector.hops.keys()) {
    if (packet === undefined) return
    for (const strict of [true, false]) {
      const refusal = await refused(checkHop(parts, opener(parts, strict), vector, i, packet))
      equal(`hop ${i}: refusal`, refusal, "version")
    }
    const next: string | undefined = vector.hops[i]!.next_packet
    packet = next === undefined ? undefined : unhex(next)
  }
}

async function checkSurb(parts: Parts, vector: SurbVector) {
  const { inputs, version, payload_size: payloadLength } = vector
  const message = messageOf(inputs)
  if (!isSent(version)) {
    if (LEGACY_VERSIONS.includes(version)) throw new Error("there are no SURBs of this version")
    equal("refusal of the SURB", await refused(opener(parts, true).useSurb(unhex(vector.surb), message, payloadLength)), "length")
    same("message", recoverPlaintext(await checkHops(parts, vector, unhex(vector.packet))), hex(message))
    return
  }
  const { surb, recovery } = await sender(parts, inputs).createSurb({ ...addressee(inputs), route: routeOf(inputs), version })
  same("SURB", surb, vector.surb)
  const sphinx = opener(parts, true)
  const { packet, firstHop } = await sphinx.useSurb(unhex(vector.surb), message, payloadLength)
  same("first hop", firstHop, vector.first_hop_address)
  same("packet", packet, vector.packet)

  const payload = await checkHops(parts, vector, packet)
  same("message, from the payload of the final hop", await sphinx.unsealReply(recovery, payload), hex(message))
  const arriving = unhex(vector.hops.at(-2)?.next_packet ?? vector.packet)
  same("tag of the reply", replyTag(arriving), hex(recovery.tag))
  same("message, from the packet as it arrives", await sphinx.recoverReply(recovery, arriving), hex(message))

  if (vector.recovery !== undefined) same("recovery", Buffer.concat([recovery.identifier, ...recovery.seeds]), vector.recovery)
  if (vector.sealed_payload !== undefined) same("sealed payload", payload, vector.sealed_payload)
  if (vector.unsealed_payload !== undefined) {
    same("unsealed payload", padMessage(message, payloadLength), vector.unsealed_payload)
    const keys = recovery.seeds.map((seed) => payloadKeyFromSeed(nobleSymmetric, seed))
    const block = addLayers(nobleLioness, payload, keys)
    nobleLioness.decrypt(keys.at(-1)!, block)
    same("payload, unsealed", block, vector.unsealed_payload)
  }
}

/**
 * Whatever the crate accepts we accept and process to the same bytes if not asked to be strict, and whatever it refuses we refuse.
 * The differences are meant: an alpha of low order is refused, versions 1 and 257 are, and by default every version that is not known.
 */
async function checkEdgeCase(parts: Parts, vector: EdgeCase) {
  const { rust } = vector
  const lenient = await outcome(parts, vector, false)
  const strict = await outcome(parts, vector, true)
  if (rust.ok === undefined) {
    if (rust.error === undefined) throw new Error("the vector says neither ok nor error")
    if (!("reason" in lenient) || !("reason" in strict)) throw new Error("accepted what the crate refuses")
    return
  }
  if ("reason" in lenient) {
    const legacy = lenient.reason === "version" && LEGACY_VERSIONS.includes(rust.version!)
    const lowOrder = lenient.reason === "alpha" && (await isLowOrder(unhex(vector.packet).subarray(0, 32)))
    if (!legacy && !lowOrder) throw new Error(`refused (${lenient.reason}) what the crate accepts`)
    return equal("the strict reason", "reason" in strict && strict.reason, lenient.reason)
  }
  compareWithRust(lenient.released, rust)
  if (OPENED_VERSIONS.includes(lenient.writtenVersion)) {
    if ("reason" in strict) throw new Error(`refused (${strict.reason}) what the crate accepts`)
    compareWithRust(strict.released, rust)
  } else {
    equal("an unknown version, strictly", "reason" in strict && strict.reason, "version")
  }
}

function compareWithRust(released: Released, rust: EdgeCase["rust"]) {
  equal("kind", released.kind, rust.ok)
  equal("version", released.version, rust.version)
  if (released.kind === "forward") {
    same("next address", released.nextAddress, rust.next_hop_address!)
    equal("delay", String(released.delayNanos), rust.delay_nanos)
    same("next packet", released.packet, rust.next_packet!)
    return
  }
  same("destination", released.destination, rust.destination!)
  same("identifier", released.identifier, rust.identifier!)
  same("payload", released.payload, rust.payload!)
  if (rust.recover?.plaintext !== undefined) return same("plaintext", recoverPlaintext(released.payload), rust.recover.plaintext)
  if (rust.recover?.error === undefined) return
  try {
    recoverPlaintext(released.payload)
  } catch (error) {
    if (error instanceof SphinxError && error.reason === "payload") return
    throw error
  }
  throw new Error("recovered a plaintext where the crate finds none")
}

type Outcome = { released: Released; writtenVersion: number } | { reason: string }

async function outcome(parts: Parts, vector: EdgeCase, strict: boolean): Promise<Outcome> {
  const sphinx = opener(parts, strict)
  try {
    const packet = unhex(vector.packet)
    const opened = await sphinx.open(await parts.x25519.prepare(unhex(vector.private_key)), packet)
    const released = await sphinx.release(opened)
    const { version } = readSlot(nobleSymmetric.aes128Ctr(opened.keys.cipher, 360), packet.subarray(48, HEADER_LENGTH))
    return { released, writtenVersion: version[0]! * 0x10000 + version[1]! * 0x100 + version[2]! }
  } catch (error) {
    if (error instanceof SphinxError) return { reason: error.reason }
    throw error
  }
}

/** Points of low order are low for every secret. */
async function isLowOrder(point: Uint8Array): Promise<boolean> {
  return (await refused(nobleX25519().sharedSecret(new Uint8Array(32).fill(7), point))) === "alpha"
}

/** A sender whose two draws of random bytes are those of the vector. */
function sender(parts: Parts, inputs: Inputs): Sphinx {
  const draws = [inputs.initial_secret, inputs.final_header_padding].map(unhex)
  return createSphinx({
    ...parts,
    random(length) {
      const drawn = draws.shift()
      if (drawn?.length !== length) throw new Error(`${length} random bytes asked for out of turn`)
      return drawn
    },
  })
}

function opener(parts: Parts, strictVersions: boolean): Sphinx {
  return createSphinx({
    ...parts,
    strictVersions,
    random() {
      throw new Error("opening needs no random bytes")
    },
  })
}

function routeOf(inputs: Inputs): RouteHop[] {
  return inputs.node_addresses.map((address, i) => ({
    address: unhex(address),
    publicKey: unhex(inputs.node_public_keys[i]!),
    delayNanos: BigInt(inputs.delays_nanos[i]!),
  }))
}

function addressee(inputs: Inputs) {
  return { destination: unhex(inputs.destination), identifier: unhex(inputs.identifier) }
}

function isSent(version: number): version is Version {
  return SENT_VERSIONS.includes(version)
}
