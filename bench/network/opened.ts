import nodeCrypto from "node:crypto"
import { createSphinx, defaultX25519, nodeSymmetric } from "sphinx-packet"
import { fastLioness } from "../../messenger/platform/nodejs/lioness.ts"
import { systemRandom as random } from "../../messenger/platform/nodejs/random.ts"
import { BODY_LENGTH, FORWARD_HOPS, PAYLOAD_LENGTH } from "../../shared/geometry.ts"

const PACKETS = 1500

/** CPU of this process for one packet whose layer is taken off, ms, with the parts that nodes have. */
export async function openedPacket(): Promise<number> {
  const x25519 = await defaultX25519()
  const sphinx = createSphinx({ random, x25519, symmetric: nodeSymmetric(nodeCrypto), lioness: await fastLioness() })
  const secrets = await Promise.all(Array.from({ length: FORWARD_HOPS }, () => x25519.prepare(random(32))))
  const route = secrets.map(({ publicKey }) => ({ address: random(32), publicKey, delayNanos: 0n }))
  const { packet } = await sphinx.build({ route, destination: random(32), message: random(BODY_LENGTH), payloadLength: PAYLOAD_LENGTH })
  const open = async () => sphinx.release(await sphinx.open(secrets[0]!, packet))
  for (let i = 0; i < PACKETS / 3; i++) await open()
  const before = process.cpuUsage()
  for (let i = 0; i < PACKETS; i++) await open()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / PACKETS
}
