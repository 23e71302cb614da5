import { ed25519 } from "@noble/curves/ed25519.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { generateKeyPackageWithKey } from "ts-mls/keyPackage.js"
import { createPostQuantumSuite, CIPHERSUITE_NAME } from "../../messenger/mls/ciphersuite.ts"
import type { OwnKeyPackage } from "../../messenger/mls/keypackage.ts"
import { newStreamKey } from "../../shared/box.ts"
import { concat, Writer } from "../../shared/bytes.ts"
import { publicEd25519, signEd25519 } from "../../shared/ed25519.ts"
import type { Random } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"
import { NOW } from "./support.ts"

/** Everything that goes into a credential, to be wrong in one point at a time. Times in seconds. */
export interface Forgery {
  version: number
  identitySecret: Uint8Array
  /** The identity that is named, where it is another than that of identitySecret. */
  identity: Uint8Array
  certificateVersion: number
  certificateLabel: string
  device: Uint8Array
  /** The device that the certificate was signed for. */
  certifiedDevice: Uint8Array
  notBefore: number
  notAfter: number
  /** The end that the identity key signed. */
  certifiedNotAfter: number
  deviceSecret: Uint8Array
  leafLabel: string
  leafKey: Uint8Array
  stream: Uint8Array
  signedStream: Uint8Array
  tail: Uint8Array
}

const DAY = 86_400

/** The bytes as credential.ts specifies them, written anew; every value can be replaced. */
export function forgeCredential(random: Random, leafKey: Uint8Array, wrong: Partial<Forgery>): Uint8Array {
  const identitySecret = wrong.identitySecret ?? random(32)
  const deviceSecret = wrong.deviceSecret ?? random(32)
  const identity = wrong.identity ?? publicEd25519(identitySecret)
  const device = wrong.device ?? publicEd25519(deviceSecret)
  const stream = wrong.stream ?? newStreamKey(random).stream
  const notBefore = wrong.notBefore ?? Math.floor(NOW / 1000) - DAY
  const notAfter = wrong.notAfter ?? Math.floor(NOW / 1000) + 300 * DAY
  const certified = new Writer()
    .put(utf8(wrong.certificateLabel ?? "sotto v1 device certificate"))
    .put(identity)
    .put(wrong.certifiedDevice ?? device)
    .u64(notBefore)
    .u64(wrong.certifiedNotAfter ?? notAfter)
    .done()
  const certificate = new Writer()
    .u8(wrong.certificateVersion ?? 1)
    .put(device)
    .u64(notBefore)
    .u64(notAfter)
    .put(signEd25519(identitySecret, certified))
    .done()
  const signed = concat(
    utf8(wrong.leafLabel ?? "sotto v1 leaf credential"),
    identity,
    certificate,
    wrong.leafKey ?? leafKey,
    wrong.signedStream ?? stream,
  )
  return new Writer()
    .u8(wrong.version ?? 1)
    .put(identity)
    .put(certificate)
    .put(stream)
    .put(signEd25519(deviceSecret, signed))
    .put(wrong.tail ?? new Uint8Array())
    .done()
}

export interface LeafForgery {
  credentialType: "basic" | "x509"
  lifetime: { notBefore: bigint; notAfter: bigint }
  extensions: { extensionType: number; extensionData: Uint8Array }[]
  packageExtensions: { extensionType: number; extensionData: Uint8Array }[]
  ciphersuites: (typeof CIPHERSUITE_NAME)[]
  suite: CiphersuiteImpl
}

/** A KeyPackage that is right in all but what is given; its signatures hold. */
export async function forgeKeyPackage(
  random: Random,
  wrong: Partial<Forgery> = {},
  leaf: Partial<LeafForgery> = {},
): Promise<OwnKeyPackage> {
  const suite = leaf.suite ?? createPostQuantumSuite(random)
  const keys = await suite.signature.keygen()
  const identity = forgeCredential(random, keys.publicKey, wrong)
  const seconds = BigInt(Math.floor(NOW / 1000))
  const made = await generateKeyPackageWithKey(
    leaf.credentialType === "x509" ? { credentialType: "x509", certificates: [identity] } : { credentialType: "basic", identity },
    {
      versions: ["mls10"],
      ciphersuites: leaf.ciphersuites ?? [CIPHERSUITE_NAME],
      extensions: (leaf.extensions ?? []).map(({ extensionType }) => extensionType),
      proposals: [],
      credentials: ["basic", "x509"],
    },
    leaf.lifetime ?? { notBefore: seconds - 3600n, notAfter: seconds + 3600n },
    leaf.packageExtensions ?? [],
    keys,
    suite,
    leaf.extensions ?? [],
  )
  return { ...made, streamScalar: new Uint8Array(32) }
}

/** A point of order 8, and one of mixed order: the base point beside it. */
export const torsion = ed25519.Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
export const mixed = ed25519.Point.BASE.add(torsion)
