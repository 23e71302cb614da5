import { createMls } from "../../messenger/mls/create.ts"
import type { DeviceKeys, Greeting, Invited, Joined, KeyPackageMade, Mls } from "../../messenger/mls/mls.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import type { Random } from "../../shared/random.ts"
import { seededRandom } from "./random.ts"

export const NOW = Date.UTC(2026, 10, 20, 15, 30)
export const DAY = 86_400_000

export interface Person {
  readonly identitySecret: Uint8Array
  readonly device: DeviceKeys
}

export function createPerson(mls: Mls, random: Random, now = NOW): Person {
  const identitySecret = random(32)
  const deviceSecret = random(32)
  const devicePublic = publicEd25519(deviceSecret)
  const certificate = mls.certify(identitySecret, devicePublic, now)
  return { identitySecret, device: { identityPublic: publicEd25519(identitySecret), deviceSecret, devicePublic, certificate } }
}

export interface Pair {
  readonly mls: Mls
  readonly random: Random
  readonly inviter: Person
  readonly guest: Person
  readonly keyPackage: KeyPackageMade
  readonly greeting: Greeting
  readonly invited: Invited
  readonly joined: Joined
}

/** Two people in a conversation: the inviter's KeyPackage, the guest's group, and the inviter joined. */
export async function createPair(seed: string): Promise<Pair> {
  const random = seededRandom(seed)
  const mls = createMls({ random })
  const inviter = createPerson(mls, random)
  const guest = createPerson(mls, random)
  const keyPackage = await mls.createKeyPackage(inviter.device, NOW)
  const greeting = { name: "Grete", recoverySecret: random(32) }
  const invited = await mls.invite(guest.device, keyPackage.keyPackage, greeting, NOW)
  const joined = await mls.join(keyPackage.keyPackage, keyPackage.secrets, invited.welcome, NOW)
  if (joined === null) throw new Error("the inviter could not join")
  return { mls, random, inviter, guest, keyPackage, greeting, invited, joined }
}
