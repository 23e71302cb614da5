import type { ChildProcessByStdio } from "node:child_process"
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import type { Readable, Writable } from "node:stream"
import { SphinxError, createSphinx, defaultX25519, recoverPlaintext } from "sphinx-packet"
import type { Sphinx, X25519 } from "sphinx-packet"
import { implementations } from "../vectors/sphinx-parts.ts"
import {
  arrives,
  asking,
  equal,
  hex,
  makeNodes,
  random,
  rustBuild,
  rustHop,
  throughBoth,
  throughBothButLast,
  throughOurs,
  throughRust,
  unhex,
} from "./hops.ts"
import type { Ask } from "./hops.ts"

const sha256 = (text: string) => createHash("sha256").update(Buffer.from(text, "hex")).digest("hex")

const PAYLOAD_LENGTHS = [33, 100, 1024, 4113, 9000]
const HOP_COUNTS = [1, 2, 3, 4, 5]

/** All of the exchange. `passed` counts cases, `failures` names those that went wrong. */
export async function exchange(
  rust: ChildProcessByStdio<Writable, Readable, null>,
  vectorFile: string,
): Promise<{ passed: number; failures: string[] }> {
  const ask = asking(rust)
  const failures: string[] = []
  let passed = 0
  const run = async (name: string, test: () => Promise<void>) => {
    try {
      await test()
      passed++
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  await vectors(ask, run, vectorFile)
  for (const [name, parts] of await implementations()) {
    const ours = createSphinx({ random, ...parts })
    await forward(ask, run, name, ours, parts.x25519)
    await surbs(ask, run, name, ours, parts.x25519)
  }
  await edges(ask, run)
  return { passed, failures }
}

type Run = (name: string, test: () => Promise<void>) => Promise<void>

/** The crate opens what the vector file holds. */
async function vectors(ask: Ask, run: Run, file: string) {
  const { forward, surbs, edge_cases } = JSON.parse(await readFile(file, "utf8"))
  for (const vector of [...forward, ...surbs]) {
    let packet: string | undefined = vector.packet
    // The longest packets are not in the file; ours are compared by their hash in the vector test.
    if (packet === undefined) continue
    await run(`the crate opens ${vector.name}`, async () => {
      for (const [i, hop] of vector.hops.entries()) {
        const [kind, tag, version, ...rest] = await ask("open", vector.inputs.node_private_keys[i], packet!)
        equal(`hop ${i}`, [kind, tag, version], [hop.type, hop.replay_tag, String(vector.version)])
        if (kind === "forward") {
          const [address, delay, next] = rest
          equal(`hop ${i}`, [address, delay, sha256(next!)], [hop.next_hop_address, hop.delay_nanos, hop.next_packet_sha256])
          packet = next
        } else {
          const [destination, identifier, payload] = rest
          equal(`hop ${i}`, [destination, identifier, sha256(payload!)], [hop.destination, hop.identifier, hop.payload_sha256])
        }
      }
    })
  }
  for (const vector of surbs) {
    await run(`the crate uses ${vector.name}`, async () => {
      const answer = await ask("use", vector.surb, vector.payload_size, vector.inputs.message)
      equal("packet", answer, ["packet", vector.packet, vector.first_hop_address])
    })
  }
  for (const { name, private_key, packet, rust } of edge_cases) {
    await run(`the crate decides ${name} as the file says`, async () => {
      const [kind, ...rest] = await ask("open", private_key, packet)
      // Only the stage: its words are nobody's interface.
      if (rust.error !== undefined) return equal("outcome", [kind, rest[0]], ["error", rust.stage])
      equal("outcome", [kind, rest[1]], [rust.ok, String(rust.version)])
      if (kind === "forward") return equal("hop", rest.slice(2), [rust.next_hop_address, rust.delay_nanos, rust.next_packet])
      equal("hop", rest.slice(2), [rust.destination, rust.identifier, rust.payload])
      if (rust.recover === undefined) return
      const [recovered, message] = await ask("recover", rest[4]!)
      if (rust.recover.error !== undefined) return equal("plaintext", recovered, "error")
      equal("plaintext", [recovered, message], ["plaintext", rust.recover.plaintext || "-"])
    })
  }
}

/** Packets of ours through nodes of the crate and the reverse; one hop of each kind in turn, too. */
async function forward(ask: Ask, run: Run, name: string, ours: Sphinx, x25519: X25519) {
  for (const hops of HOP_COUNTS) {
    for (const payloadLength of PAYLOAD_LENGTHS) {
      const nodes = await makeNodes(x25519, hops)
      const route = nodes.map((node) => node.hop)
      const sent = { route, destination: random(32), identifier: random(16), message: random(payloadLength - 17 - (hops % 2)), payloadLength }
      for (const version of [259, 260] as const) {
        const what = `version ${version}, ${hops} hops, payload ${payloadLength} (${name})`
        await run(`the crate opens our packet: ${what}`, async () => {
          const { packet } = await ours.build({ ...sent, version })
          await arrives(await throughRust(ask, nodes, packet, version), sent, async (payload) => unhex((await ask("recover", hex(payload)))[1]!))
        })
        await run(`nodes of both kinds open our packet: ${what}`, async () => {
          const { packet } = await ours.build({ ...sent, version })
          await arrives(await throughBoth(ask, ours, nodes, packet), sent, async (payload) => recoverPlaintext(payload))
        })
      }
      for (const version of [258, 259, 260]) {
        await run(`we open the crate's packet: version ${version}, ${hops} hops, payload ${payloadLength} (${name})`, async () => {
          const packet = await rustBuild(ask, version, sent)
          await arrives(await throughOurs(ours, nodes, packet, version), sent, async (payload) => recoverPlaintext(payload))
        })
      }
    }
    for (const version of [1, 257]) {
      await run(`we open the crate's packet and refuse to release it: version ${version}, ${hops} hops (${name})`, async () => {
        const nodes = await makeNodes(x25519, hops)
        const sent = { route: nodes.map((node) => node.hop), destination: random(32), identifier: random(16), message: random(9), payloadLength: 99 }
        const opened = await ours.open(nodes[0]!.secret, await rustBuild(ask, version, sent))
        equal("outcome", await refusal(ours.release(opened)), "version")
      })
    }
  }
}

/** SURBs of version 259, made and used by either side; of 260, which the crate does not know, its nodes carry and use ours. */
async function surbs(ask: Ask, run: Run, name: string, ours: Sphinx, x25519: X25519) {
  const payloadLength = 500
  for (const hops of HOP_COUNTS) {
    const nodes = await makeNodes(x25519, hops)
    const to = { route: nodes.map((node) => node.hop), destination: random(32), identifier: random(16) }
    const message = random(hops * 90)
    const sent = { ...to, message }
    const byRust = async (surb: Uint8Array) => {
      const [answer, packet, firstHop] = await ask("use", hex(surb), payloadLength, hex(message))
      equal("answer", [answer, firstHop], ["packet", hex(to.route[0]!.address)])
      return unhex(packet!)
    }

    await run(`the crate uses our SURB: version 259, ${hops} hops (${name})`, async () => {
      const { surb, recovery } = await ours.createSurb({ ...to, version: 259 })
      const packet = await byRust(surb)
      equal("packet", hex(packet), hex((await ours.useSurb(surb, message, payloadLength)).packet))
      await arrives(await throughRust(ask, nodes, packet, 259), sent, async (payload) => unhex((await ask("recover", hex(payload)))[1]!))
      const arrived = await throughBothButLast(ask, ours, nodes, packet)
      equal("reply", hex(await ours.recoverReply(recovery, arrived)), hex(message))
    })
    await run(`the crate uses our SURB: version 260, ${hops} hops (${name})`, async () => {
      const { surb, recovery } = await ours.createSurb({ ...to, version: 260 })
      const packet = await byRust(surb)
      equal("packet", hex(packet), hex((await ours.useSurb(surb, message, payloadLength)).packet))
      await arrives(await throughRust(ask, nodes, packet, 260), sent, (payload) => ours.unsealReply(recovery, payload))
      const arrived = await throughBothButLast(ask, ours, nodes, packet)
      equal("reply", hex(await ours.recoverReply(recovery, arrived)), hex(message))
    })
    await run(`we use the crate's SURB: version 259, ${hops} hops (${name})`, async () => {
      const [answer, surb] = await ask("surb", 259, hex(to.destination), hex(to.identifier), ...to.route.map(rustHop))
      equal("answer", answer, "surb")
      const { packet, firstHop } = await ours.useSurb(unhex(surb!), message, payloadLength)
      equal("first hop", hex(firstHop), hex(to.route[0]!.address))
      equal("packet", hex(packet), hex(await byRust(unhex(surb!))))
      for (const through of [throughRust(ask, nodes, packet, 259), throughOurs(ours, nodes, packet, 259)]) {
        await arrives(await through, sent, async (payload) => recoverPlaintext(payload))
      }
    })
    await run(`we open what came of the crate's SURB: version 258, ${hops} hops (${name})`, async () => {
      const [, surb] = await ask("surb", 258, hex(to.destination), hex(to.identifier), ...to.route.map(rustHop))
      equal("use of it", await refusal(ours.useSurb(unhex(surb!), message, payloadLength)), "length")
      await arrives(await throughOurs(ours, nodes, await byRust(unhex(surb!)), 258), sent, async (payload) => recoverPlaintext(payload))
    })
  }
}

/** What both sides refuse, and the one thing that only we do. */
async function edges(ask: Ask, run: Run) {
  const x25519 = await defaultX25519()
  const ours = createSphinx({ random, x25519 })
  const nodes = await makeNodes(x25519, 3)
  const node = nodes[0]!
  const sent = { route: nodes.map(({ hop }) => hop), destination: random(32), identifier: random(16), message: random(20), payloadLength: 50 }
  const { packet } = await ours.build(sent)

  await run("both refuse a packet with any byte of its header changed", async () => {
    for (let at = 0; at < 348; at++) {
      const changed = packet.slice()
      changed[at]! ^= 1
      equal(`byte ${at}, the crate`, (await ask("open", hex(node.secretBytes), hex(changed)))[0], "error")
      equal(`byte ${at}, ours`, await refusal(ours.open(node.secret, changed)), "mac")
    }
  })
  await run("both refuse random packets", async () => {
    for (let length = 300; length < 460; length += 8) {
      const noise = random(length)
      equal(`${length}, the crate`, (await ask("open", hex(node.secretBytes), hex(noise)))[0], "error")
      equal(`${length}, ours`, ["length", "mac"].includes(await refusal(ours.open(node.secret, noise))), true)
    }
  })
  await run("both give the same replay tag for the other encoding of alpha", async () => {
    const other = packet.slice()
    other[31]! ^= 0x80
    const [kind, tag] = await ask("open", hex(node.secretBytes), hex(other))
    equal("kind", kind, "forward")
    equal("tag", tag, hex((await ours.open(node.secret, packet)).replayTag))
    equal("tag", tag, hex((await ours.open(node.secret, other)).replayTag))
  })
  await run("node keys of low order: the crate builds with them, we do not", async () => {
    const route = [{ ...node.hop, publicKey: new Uint8Array(32) }]
    equal("the crate", (await rustBuild(ask, 259, { ...sent, route })).length, 398)
    equal("ours", await refusal(ours.build({ ...sent, route })), "alpha")
  })
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof SphinxError) return error.reason
    throw error
  }
  return "none"
}
