import type { GroupState } from "ts-mls/clientState.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { signWithLabel, verifyWithLabel } from "ts-mls/crypto/signature.js"
import { mlsExporter } from "ts-mls/keySchedule.js"
import { Writer } from "../../shared/bytes.ts"
import { leafAt } from "./commit.ts"
import type { CommitChanges } from "./mls.ts"

const RANK_LABEL = "sotto commit rank"
const NOTHING = new Uint8Array()

function classOf({ kind, removed, added }: CommitChanges): number {
  // A rejoin removes nobody but itself: if it ranked as a Remove, a device that is to be removed could hold out by rejoining.
  if (kind === "rejoin") return 0
  return removed.length > 0 ? 2 : added.length > 0 ? 1 : 0
}

/**
 * class 1 ‖ HMAC-SHA256(MLS-Exporter("sotto commit rank", "", 32), leaf u32). Fixed before any commit is made, so that none can be ground to win; of a
 * rejoin it is the leaf replaced that counts, as the new one's place is a matter of chance.
 */
export async function rankOf(
  suite: CiphersuiteImpl,
  { keySchedule }: GroupState,
  sender: number,
  changes: CommitChanges,
): Promise<Uint8Array> {
  const secret = await mlsExporter(keySchedule.exporterSecret, RANK_LABEL, NOTHING, 32, suite)
  const leaf = changes.kind === "rejoin" ? changes.removed[0]!.leaf : sender
  const mac = await suite.hash.mac(secret, new Writer().u32(leaf).done())
  return new Writer().u8(classOf(changes)).put(mac).done()
}

// MLS itself signs under labels of its own (RFC 9420 section 5.1.2), none of which begins so.
function labelOf(label: string): string {
  return `Sotto ${label}`
}

export function signAsLeaf(suite: CiphersuiteImpl, state: GroupState, label: string, bytes: Uint8Array): Promise<Uint8Array> {
  return signWithLabel(state.signaturePrivateKey, labelOf(label), bytes, suite.signature)
}

export async function verifyAsLeaf(
  suite: CiphersuiteImpl,
  { ratchetTree }: GroupState,
  leaf: number,
  label: string,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const signer = leafAt(ratchetTree, leaf)
  return signer !== null && verifyWithLabel(signer.signaturePublicKey, labelOf(label), bytes, signature, suite.signature)
}
