/**
 * Alice asks Bob's server something through two mixes; the answer comes back through two others, and neither the server nor
 * any mix alone learns who asked.
 *   node examples/request-and-reply.ts
 */
import { createSphinx, defaultX25519, recoverPlaintext, replyTag } from "sphinx-packet"
import type { PreparedSecret, RouteHop } from "sphinx-packet"

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const x25519 = await defaultX25519()
const sphinx = createSphinx({ random, x25519 })

const PAYLOAD_LENGTH = 1024 // the same for every packet of a network, or lengths would tell packets apart
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

interface Node {
  name: string
  secret: PreparedSecret
  hop: RouteHop
  seen: Set<string>
}

async function makeNode(name: string): Promise<Node> {
  const secret = await x25519.prepare(random(32))
  const address = new TextEncoder().encode(name.padEnd(32))
  return { name, secret, hop: { address, publicKey: secret.publicKey, delayNanos: 500_000_000n }, seen: new Set() }
}

/** What every node does with every packet: key agreement and MAC, then the replay check, and only then the rest. */
async function receive(node: Node, packet: Uint8Array) {
  const opened = await sphinx.open(node.secret, packet)
  const tag = hex(opened.replayTag)
  if (node.seen.has(tag)) throw new Error("a replay")
  node.seen.add(tag)
  const released = await sphinx.release(opened)
  if (released.kind === "forward") console.log(`${node.name} holds a packet for ${released.delayNanos / 1_000_000n} ms and sends it on`)
  return released
}

async function carry(nodes: readonly Node[], packet: Uint8Array) {
  let arrived = packet
  for (const node of nodes) {
    const released = await receive(node, arrived)
    if (released.kind === "final") return released
    arrived = released.packet
  }
  return { kind: "arrived" as const, packet: arrived }
}

const [mixA, mixB, mixC, mixD, server] = await Promise.all(["mix A", "mix B", "mix C", "mix D", "server"].map(makeNode))

// Alice is the last hop of the way back, under a key that she makes for this one reply.
const once = await x25519.prepare(random(32))
const wayBack = [mixC!.hop, mixD!.hop, { address: new TextEncoder().encode("Alice".padEnd(32)), publicKey: once.publicKey, delayNanos: 0n }]
const { surb, recovery } = await sphinx.createSurb({ route: wayBack, destination: new Uint8Array(32), identifier: random(16) })
const waiting = new Map([[hex(recovery.tag), recovery]])

const question = new TextEncoder().encode("what time is it?")
const request = await sphinx.build({
  route: [mixA!.hop, mixB!.hop, server!.hop],
  destination: new Uint8Array(32),
  message: new Uint8Array([...surb, ...question]),
  payloadLength: PAYLOAD_LENGTH,
})

const asked = await carry([mixA!, mixB!, server!], request.packet)
if (asked.kind !== "final") throw new Error("the request did not reach the server")
const message = recoverPlaintext(asked.payload)
console.log(`the server reads: ${new TextDecoder().decode(message.subarray(surb.length))}`)
const reply = await sphinx.useSurb(message.subarray(0, surb.length), new TextEncoder().encode("time to mix"), PAYLOAD_LENGTH)

const answered = await carry([mixC!, mixD!], reply.packet)
if (answered.kind !== "arrived") throw new Error("the reply did not reach Alice")
const found = waiting.get(hex(replyTag(answered.packet)))
if (found === undefined) throw new Error("not a reply that Alice waits for")
console.log(`Alice reads: ${new TextDecoder().decode(await sphinx.recoverReply(found, answered.packet))}`)
