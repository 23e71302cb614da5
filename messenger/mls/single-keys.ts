import { concat, Reader } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import { aes128Gcm, createHpke } from "./hpke.ts"
import { xwing } from "./kem.ts"
import type { Mls } from "./mls.ts"

/** Length of X-Wing's encapsulation. */
const ENC_LENGTH = 1120

/** Keys outside any group, and what is sealed to them: HPKE (RFC 9180, base mode) with the primitives of the groups. */
export function createSingleKeys(random: Random): Pick<Mls, "createKeyPair" | "sealTo" | "openWith"> {
  const hpke = createHpke(xwing, aes128Gcm, random)
  return {
    createKeyPair: () => xwing.generate(random),

    async sealTo(publicKey, plaintext, info) {
      const { enc, ct } = await hpke.seal(await hpke.importPublicKey(publicKey), plaintext, info)
      return concat(enc, ct)
    },

    async openWith(secretKey, sealed, info) {
      try {
        const reader = new Reader(sealed)
        const enc = reader.take(ENC_LENGTH)
        return await hpke.open(await hpke.importPrivateKey(secretKey), enc, reader.rest(), info)
      } catch {
        return null
      }
    },
  }
}
