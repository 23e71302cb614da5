import { createSphinx, nobleLioness, nobleSymmetric, nobleX25519, webCryptoX25519 } from "sphinx-packet"
import type { Lioness, PreparedSecret, RouteHop, Symmetric, X25519 } from "sphinx-packet"
import { BODY_LENGTH, FORWARD_HOPS, PAYLOAD_LENGTH, REPLY_HOPS } from "../../shared/geometry.ts"
import type { Platform, Work } from "./work.ts"
import { repeated } from "./work.ts"

/** What a client does for one slot, and for what comes back, with the parts that a platform may choose. A request is a packet over 4 hops with a SURB of 5 in it. */
export async function clientWork({ random, subtle, wasm }: Pick<Platform, "random" | "subtle" | "wasm">): Promise<Record<string, Work>> {
  async function of(x25519: X25519, symmetric: Symmetric, lioness: Lioness): Promise<Work> {
    const sphinx = createSphinx({ random, x25519, lioness, symmetric })
    const message = random(BODY_LENGTH)
    const forward = await makeRoute(x25519, FORWARD_HOPS)
    const back = await makeRoute(x25519, REPLY_HOPS)
    const request = { route: forward.route, destination: random(32), message, payloadLength: PAYLOAD_LENGTH }
    const block = { route: back.route, destination: random(32), identifier: random(16) }
    const { surb, recovery } = await sphinx.createSurb(block)
    let arrived = (await sphinx.useSurb(surb, message, PAYLOAD_LENGTH)).packet
    for (const secret of back.secrets.slice(0, -1)) {
      const released = await sphinx.release(await sphinx.open(secret, arrived))
      if (released.kind === "forward") arrived = released.packet
    }
    const build = () => sphinx.build(request)
    const createSurb = () => sphinx.createSurb(block)
    return {
      build: repeated(build),
      createSurb: repeated(createSurb),
      request: repeated(async () => {
        await createSurb()
        await build()
      }),
      useSurb: repeated(() => sphinx.useSurb(surb, message, PAYLOAD_LENGTH)),
      recoverReply: repeated(() => sphinx.recoverReply(recovery, arrived)),
    }
  }

  async function makeRoute(x25519: X25519, hops: number): Promise<{ route: RouteHop[]; secrets: PreparedSecret[] }> {
    const secrets = await Promise.all(Array.from({ length: hops }, () => x25519.prepare(random(32))))
    return { secrets, route: secrets.map(({ publicKey }) => ({ address: random(32), publicKey, delayNanos: 500_000_000n })) }
  }

  const webCrypto = webCryptoX25519(subtle)
  return {
    "JavaScript only (noble)": await of(nobleX25519(), nobleSymmetric, nobleLioness),
    "X25519 by WebCrypto": await of(webCrypto, nobleSymmetric, nobleLioness),
    "and LIONESS in WebAssembly": await of(webCrypto, nobleSymmetric, wasm),
  }
}
