import type { ChildProcessByStdio } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { SphinxError, createSphinx, defaultX25519, nobleX25519, recoverPlaintext } from "sphinx-packet"
import type { PreparedSecret, Released, RouteHop, Sphinx, X25519 } from "sphinx-packet"

const random = (length: number) => new Uint8Array(randomBytes(length))
const hex = (bytes: Uint8Array) => (bytes.length === 0 ? "-" : Buffer.from(bytes).toString("hex"))
const unhex = (text: string) => (text === "-" ? new Uint8Array() : new Uint8Array(Buffer.from(text, "hex")))
const sha256 = (text: string) => createHash("sha256").update(Buffer.from(text, "hex")).digest("hex")

const PAYLOAD_LENGTHS = [33, 100, 1024, 4113, 9000]
const HOP_COUNTS = [1, 2, 3, 4, 5]

/** A node of which both sides know the secret. */
interface Node {
  readonly secretBytes: Uint8Array
  readonly secret: PreparedSecret
  readonly hop: RouteHop
}

/** One line to the crate, one line back. What each command says stands in bench/interop-rust/src/main.rs. */
type Ask = (...words: (string | number)[]) => Promise<string[]>

function asking(rust: ChildProcessByStdio<Writable, Readable, null>): Ask {
  const answers = createInterface({ input: rust.stdout })[Symbol.asyncIterator]()
  return async (...words) => {
    rust.stdin.write(`${words.join(" ")}\n`)
    const { value, done } = await answers.next()
    if (done === true) throw new Error("the Rust side has ended")
    return value.split(" ")
  }
}

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
  for (const [name, x25519] of [
    ["default", await defaultX25519()],
    ["noble", nobleX25519()],
  ] as const) {
    const ours = createSphinx({ random, x25519 })
    await forward(ask, run, name, ours, x25519)
    await surbs(ask, run, name, ours, x25519)
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

async function makeNodes(x25519: X25519, count: number): Promise<Node[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const secretBytes = random(32)
      const secret = await x25519.prepare(secretBytes)
      const delayNanos = Buffer.from(random(8)).readBigUInt64BE()
      return { secretBytes, secret, hop: { address: random(32), publicKey: secret.publicKey, delayNanos } }
    }),
  )
}

interface Sent {
  route: RouteHop[]
  destination: Uint8Array
  identifier: Uint8Array
  message: Uint8Array
}

function rustHop({ address, publicKey, delayNanos }: RouteHop): string {
  return `${hex(address)}:${hex(publicKey)}:${delayNanos}`
}

async function rustBuild(ask: Ask, version: number, sent: Sent & { payloadLength: number }): Promise<Uint8Array> {
  const { route, destination, identifier, message, payloadLength } = sent
  const words = ["build", version, payloadLength, hex(destination), hex(identifier), hex(message), ...route.map(rustHop)]
  const [answer, packet] = await ask(...words)
  equal("answer", answer, "packet")
  return unhex(packet!)
}

type Step = (node: Node, packet: Uint8Array, index: number) => Promise<Released & { tag: string }>

function rustStep(ask: Ask): Step {
  return async (node, packet) => {
    const [kind, tag, version, ...rest] = await ask("open", hex(node.secretBytes), hex(packet))
    if (kind === "forward") {
      const [address, delay, next] = rest
      return { kind, tag: tag!, version: Number(version), nextAddress: unhex(address!), delayNanos: BigInt(delay!), packet: unhex(next!) }
    }
    if (kind !== "final") throw new Error(`the crate answers ${kind} ${tag} ${version} ${rest.join(" ")}`)
    const [destination, identifier, payload] = rest.map(unhex)
    return { kind, tag: tag!, version: Number(version), destination: destination!, identifier: identifier!, payload: payload! }
  }
}

function ourStep(ours: Sphinx): Step {
  return async (node, packet) => {
    const opened = await ours.open(node.secret, packet)
    return { ...(await ours.release(opened)), tag: hex(opened.replayTag) }
  }
}

async function through(nodes: Node[], packet: Uint8Array, step: Step, version?: number): Promise<Released[]> {
  const all: Released[] = []
  let arrived = packet
  for (const [i, node] of nodes.entries()) {
    const released = await step(node, arrived, i)
    all.push(released)
    if (version !== undefined) equal(`version at hop ${i}`, released.version, version)
    if (released.kind === "final") break
    arrived = released.packet
  }
  return all
}

const throughRust = (ask: Ask, nodes: Node[], packet: Uint8Array, version: number) => through(nodes, packet, rustStep(ask), version)
const throughOurs = (ours: Sphinx, nodes: Node[], packet: Uint8Array, version: number) => through(nodes, packet, ourStep(ours), version)

/** Each hop by both sides, whose answers must be equal in every byte. */
function throughBoth(ask: Ask, ours: Sphinx, nodes: Node[], packet: Uint8Array) {
  const [one, two] = [ourStep(ours), rustStep(ask)]
  return through(nodes, packet, async (node, arrived, i) => {
    const [a, b] = [await one(node, arrived, i), await two(node, arrived, i)]
    equal(`hop ${i}`, readable(a), readable(b))
    return a
  })
}

async function throughBothButLast(ask: Ask, ours: Sphinx, nodes: Node[], packet: Uint8Array): Promise<Uint8Array> {
  const last = (await throughBoth(ask, ours, nodes.slice(0, -1), packet)).at(-1)
  if (last === undefined) return packet
  if (last.kind === "final") throw new Error("final before the last hop")
  return last.packet
}

function readable(released: Released & { tag: string }): string[] {
  return Object.entries(released)
    .map(([name, value]) => `${name} ${value instanceof Uint8Array ? hex(value) : String(value)}`)
    .sort()
}

/** What the hops were told is what the sender said, and the message arrived. */
async function arrives(all: Released[], sent: Sent, recover: (payload: Uint8Array) => Promise<Uint8Array>) {
  equal("hops", all.length, sent.route.length)
  for (const [i, released] of all.entries()) {
    if (released.kind === "final") {
      equal("last hop", i, sent.route.length - 1)
      equal("destination", hex(released.destination), hex(sent.destination))
      equal("identifier", hex(released.identifier), hex(sent.identifier))
      equal("message", hex(await recover(released.payload)), hex(sent.message))
    } else {
      equal(`hop ${i}`, [hex(released.nextAddress), released.delayNanos], [hex(sent.route[i + 1]!.address), sent.route[i]!.delayNanos])
    }
  }
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

function equal(what: string, actual: unknown, expected: unknown) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)))
  if (a !== b) throw new Error(`${what} is ${a?.slice(0, 300)}, not ${b?.slice(0, 300)}`)
}
