import { createHash } from "node:crypto"

/** Byte strings are hex, nanoseconds are decimal strings; the fields are those of the Rust crate. */
export interface SphinxFile {
  hkdf: { shared_secret: string; expanded: string; payload_key_from_seed: string }[]
  lioness: { name: string; key: string; input: string; output: string }[]
  forward: ForwardVector[]
  surbs: SurbVector[]
  edge_cases: EdgeCase[]
}

export interface Inputs {
  node_private_keys: string[]
  node_public_keys: string[]
  node_addresses: string[]
  delays_nanos: string[]
  destination: string
  identifier: string
  initial_secret: string
  final_header_padding: string
  message?: string
  message_drbg_label?: string
  message_length?: number
}

export interface HopVector {
  type: "forward" | "final"
  alpha: string
  expanded_shared_secret: string
  stream_cipher_key: string
  header_mac_key: string
  payload_key: string
  blinding_factor: string
  replay_tag: string
  header_mac_gamma: string
  next_hop_address?: string
  delay_nanos?: string
  next_packet?: string
  next_packet_sha256?: string
  destination?: string
  identifier?: string
  payload?: string
  payload_sha256?: string
}

export interface ForwardVector {
  name: string
  version: number
  payload_size: number
  inputs: Inputs
  filler: string
  header: string
  packet?: string
  packet_sha256: string
  hops: HopVector[]
}

export interface SurbVector {
  name: string
  version: number
  payload_size: number
  inputs: Inputs
  surb: string
  first_hop_address: string
  packet: string
  hops: HopVector[]
  recovery?: string
  sealed_payload?: string
  unsealed_payload?: string
}

export interface EdgeCase {
  name: string
  private_key: string
  packet: string
  rust: {
    error?: string
    ok?: "forward" | "final"
    version?: number
    next_hop_address?: string
    delay_nanos?: string
    next_packet?: string
    destination?: string
    identifier?: string
    payload?: string
    recover?: { plaintext?: string; error?: string }
  }
}

export function messageOf(inputs: Inputs): Uint8Array {
  if (inputs.message !== undefined) return unhex(inputs.message)
  return drbg(inputs.message_drbg_label!, inputs.message_length!)
}

/** SHA256(label ‖ be32(0)) ‖ SHA256(label ‖ be32(1)) ‖ …, cut to the length. */
function drbg(label: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(i)
    return createHash("sha256").update(label).update(counter).digest()
  })
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
}

export function unhex(text: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, "hex"))
  if (bytes.length * 2 !== text.length) throw new Error("not hex")
  return bytes
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}
