import { publicEd25519 } from "../../shared/ed25519.ts"
import type { Random } from "../../shared/random.ts"
import { late } from "../late.ts"
import type { createMls } from "./create.ts"
import { certify } from "./credential.ts"
import type { Mls } from "./mls.ts"

const load: () => Promise<{ readonly createMls: typeof createMls }> = late(() => import("./create.ts"))

/**
 * `createMls`, whose code is loaded when it is first needed: it is a quarter of the engine's, and who only begins a profile needs none of it.
 */
export function createLateMls(parts: { readonly random: Random }): Mls {
  let made: Mls | null = null
  const mls = async (): Promise<Mls> => (made ??= (await load()).createMls(parts))
  return {
    ready: async () => void (await mls()),
    certify: (identitySecret, devicePublic, now) => certify(identitySecret, publicEd25519(identitySecret), devicePublic, now),
    createKeyPackage: async (...given) => (await mls()).createKeyPackage(...given),
    inspectKeyPackage: async (...given) => (await mls()).inspectKeyPackage(...given),
    invite: async (...given) => (await mls()).invite(...given),
    found: async (...given) => (await mls()).found(...given),
    join: async (...given) => (await mls()).join(...given),
    read: async (...given) => (await mls()).read(...given),
    seal: async (...given) => (await mls()).seal(...given),
    open: async (...given) => (await mls()).open(...given),
    narrow: async (...given) => (await mls()).narrow(...given),
    commit: async (...given) => (await mls()).commit(...given),
    process: async (...given) => (await mls()).process(...given),
    adopt: async (...given) => (await mls()).adopt(...given),
    groupInfo: async (...given) => (await mls()).groupInfo(...given),
    rejoin: async (...given) => (await mls()).rejoin(...given),
    enter: async (...given) => (await mls()).enter(...given),
    splitWelcome: async (...given) => (await mls()).splitWelcome(...given),
    joinWelcome: async (...given) => (await mls()).joinWelcome(...given),
    authenticator: async (...given) => (await mls()).authenticator(...given),
    commitRank: async (...given) => (await mls()).commitRank(...given),
    judge: async (...given) => (await mls()).judge(...given),
    signAs: async (...given) => (await mls()).signAs(...given),
    verifyAs: async (...given) => (await mls()).verifyAs(...given),
    createKeyPair() {
      if (made === null) throw new Error("keys were asked for before the code was there")
      return made.createKeyPair()
    },
    sealTo: async (...given) => (await mls()).sealTo(...given),
    openWith: async (...given) => (await mls()).openWith(...given),
  }
}
