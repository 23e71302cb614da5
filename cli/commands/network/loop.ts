import { createSphinx, defaultX25519 } from "sphinx-packet"
import { webSocketLink } from "../../../messenger/platform/nodejs/link.ts"
import { systemRandom as random } from "../../../messenger/platform/nodejs/random.ts"
import { coverBoxId } from "../../../shared/box.ts"
import { toHex } from "../../../shared/bytes.ts"
import type { NodeEntry } from "../../../shared/directory/descriptor.ts"
import type { Directory, DirectoryBody } from "../../../shared/directory/document.ts"
import { decodeGatewayFrame, encodeClientFrame } from "../../../shared/frames.ts"
import * as geometry from "../../../shared/geometry.ts"
import { sized } from "../../../shared/names.ts"
import { pick } from "../../../shared/random.ts"
import { decodeReply, encodeRequest, noContent, noSignature, noStamp } from "../../../shared/request.ts"
import type { Hop } from "../../../shared/route.ts"
import { forwardRoute, keyAt, replyRoute } from "../../../shared/route.ts"

export interface Loop {
  readonly gateway: string
  readonly dropbox: string
  /** From the packet's leaving to its reply, ms; null where none came. */
  readonly ms: number | null
  /** What the clients' own delays in the mixes came to, ms. */
  readonly delays: number
}

/**
 * One read of a box that nobody has, sent as a client sends cover: through a fresh session, three mixes, a dropbox, and three mixes
 * back. null where the directory has no whole route.
 */
export async function loop(body: DirectoryBody, patience: number): Promise<Loop | null> {
  const directory = indexed(body)
  const now = Date.now()
  const { keyEpochSeconds } = directory.parameters
  const usable = (node: NodeEntry) => keyAt(node, keyEpochSeconds, now) !== null
  const gateways = directory.layers[0].filter(usable)
  const dropboxes = directory.dropboxes.filter(usable)
  if (gateways.length === 0 || dropboxes.length === 0) return null
  const gateway = pick(random, gateways)
  const dropbox = pick(random, dropboxes)
  const out = forwardRoute(directory, gateway, dropbox, { usable, random })
  const back = replyRoute(directory, gateway, { usable, random })
  if (out === null || back === null) return null

  const x25519 = await defaultX25519()
  const sphinx = createSphinx({ random, x25519 })
  const own = random(geometry.KEY_LENGTH)
  const route = (hops: readonly Hop[]) =>
    hops.map(({ node, delay }) => ({ address: node.id, publicKey: keyAt(node, keyEpochSeconds, now)!, delayNanos: BigInt(Math.round(delay * 1e6)) }))
  const ms = await new Promise<number | null>((resolve) => {
    let sent = 0
    let isDone = false
    let recover: ((packet: Uint8Array) => Promise<Uint8Array>) | null = null
    const done = (result: number | null) => {
      if (isDone) return
      isDone = true
      clearTimeout(timer)
      connection.close()
      resolve(result)
    }
    const timer = setTimeout(() => done(null), patience)
    const connection = webSocketLink.connect(gateway.url, async (event) => {
      if (event.type === "open") return connection.send(encodeClientFrame({ type: "hello", secret: random(geometry.KEY_LENGTH) }))
      if (event.type === "closed") return done(null)
      try {
        const frame = decodeGatewayFrame(event.frame)
        if (frame.type === "welcome") {
          const client = { address: frame.session, publicKey: await x25519.publicKey(own), delayNanos: 0n }
          const { surb, recovery } = await sphinx.createSurb({
            route: [...route(back), client],
            destination: frame.session,
            identifier: random(geometry.SURB_IDENTIFIER_LENGTH),
          })
          recover = (packet) => sphinx.recoverReply(recovery, packet)
          const request = { surb: sized("Surb", surb), operation: "read" as const, hold: 0, box: coverBoxId(random), signature: noSignature(), stamp: noStamp(), content: noContent() }
          const { packet } = await sphinx.build({ route: route(out), destination: dropbox.id, message: encodeRequest(request), payloadLength: geometry.PAYLOAD_LENGTH })
          sent = performance.now()
          connection.send(encodeClientFrame({ type: "packet", packet: sized("Packet", packet) }))
        } else if (frame.type === "packet" && recover !== null) {
          decodeReply(await recover(frame.packet))
          done(performance.now() - sent)
        }
      } catch {
        // What cannot be read is no answer.
      }
    })
  })
  return { gateway: gateway.url, dropbox: dropbox.url, ms, delays: [...out, ...back].reduce((sum, { delay }) => sum + delay, 0) }
}

/** As openDocument gives it; a directory that only a node vouches for has no hash, and a route needs none. */
function indexed(body: DirectoryBody): Directory {
  const layer = (n: number) => body.nodes.filter((node) => node.role === "mix" && node.layer === n)
  return {
    ...body,
    hash: new Uint8Array(geometry.HASH_LENGTH),
    byId: new Map(body.nodes.map((node) => [toHex(node.id), node])),
    dropboxes: body.nodes.filter((node) => node.role === "dropbox" && !node.leaving),
    layers: [layer(1), layer(2), layer(3)],
  }
}
