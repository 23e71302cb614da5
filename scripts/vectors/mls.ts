import { readFile } from "node:fs/promises"
import type { ClientConfig } from "ts-mls/clientConfig.js"
import type { ClientState } from "ts-mls/clientState.js"
import { decodeGroupState, encodeGroupState, joinGroup, makePskIndex, validateRatchetTree } from "ts-mls/clientState.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { acceptAll } from "ts-mls/incomingMessageAction.js"
import { defaultKeyPackageEqualityConfig } from "ts-mls/keyPackageEqualityConfig.js"
import { verifyLeafNodeSignature, verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js"
import type { MLSMessage } from "ts-mls/message.js"
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js"
import { verifyParentHashes } from "ts-mls/parentHash.js"
import { processPrivateMessage, processPublicMessage } from "ts-mls/processMessages.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { decodeRatchetTree, encodeRatchetTree, resolution } from "ts-mls/ratchetTree.js"
import { treeHash } from "ts-mls/treeHash.js"
import { toNodeIndex } from "ts-mls/treemath.js"
import { bytesToBase64 } from "ts-mls/util/byteArray.js"
import * as v from "valibot"
import { createClassicalSuite } from "../../messenger/mls/ciphersuite.ts"
import { fromHex, toHex } from "../../shared/bytes.ts"

/**
 * Vectors of the MLS working group (mls-implementations, test-vectors): passive-client and tree-validation, checked with our
 * suites 1 and 3 through the library as patched. Cases of other suites are counted as not applicable.
 */
export interface MlsVectorReport {
  readonly passed: number
  readonly failed: number
  readonly failures: string[]
  readonly notApplicable: number
}

const passiveClient = v.object({
  cipher_suite: v.number(),
  external_psks: v.array(v.object({ psk_id: v.string(), psk: v.string() })),
  key_package: v.string(),
  signature_priv: v.string(),
  encryption_priv: v.string(),
  init_priv: v.string(),
  welcome: v.string(),
  ratchet_tree: v.nullish(v.string()),
  initial_epoch_authenticator: v.string(),
  epochs: v.array(v.object({ proposals: v.array(v.string()), commit: v.string(), epoch_authenticator: v.string() })),
})
type PassiveClient = v.InferOutput<typeof passiveClient>

const treeValidation = v.object({
  cipher_suite: v.number(),
  tree: v.string(),
  group_id: v.string(),
  tree_hashes: v.array(v.string()),
  resolutions: v.array(v.array(v.number())),
})
type TreeValidation = v.InferOutput<typeof treeValidation>

// The vectors' credentials are names, and their lifetimes are long over.
const config: ClientConfig = {
  keyRetentionConfig: { retainKeysForGenerations: 10, maximumForwardRatchetSteps: 100, retainKeysForEpochs: 4 },
  lifetimeConfig: { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false },
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: { kind: "alwaysPad", paddingLength: 0 },
  authService: { validateCredential: async () => true },
}

function suiteOf(number: number): CiphersuiteImpl | null {
  // Receiving draws no random bytes.
  const none = () => {
    throw new Error("a vector drew random bytes")
  }
  return number === 1 || number === 3 ? createClassicalSuite(number, none) : null
}

function expectSame(what: string, expected: string, actual: Uint8Array): void {
  if (toHex(actual) !== expected.toLowerCase()) throw new Error(`${what} differs`)
}

function message(hex: string): MLSMessage {
  const decoded = decodeMlsMessage(fromHex(hex), 0)
  if (decoded === undefined) throw new Error("message does not decode")
  expectSame("encoding of a message", hex, encodeMlsMessage(decoded[0]))
  return decoded[0]
}

function tree(hex: string): RatchetTree {
  const decoded = decodeRatchetTree(fromHex(hex), 0)
  if (decoded === undefined) throw new Error("tree does not decode")
  expectSame("encoding of the tree", hex, encodeRatchetTree(decoded[0]))
  return decoded[0]
}

/** What a client sees after being stored and loaded. */
function restored(state: ClientState): ClientState {
  const decoded = decodeGroupState(encodeGroupState(state), 0)
  if (decoded === undefined) throw new Error("state does not decode")
  return { ...decoded[0], clientConfig: config }
}

async function checkPassiveClient(vector: PassiveClient, suite: CiphersuiteImpl): Promise<void> {
  const psks = Object.fromEntries(vector.external_psks.map(({ psk_id, psk }) => [bytesToBase64(fromHex(psk_id)), fromHex(psk)]))
  const keyPackage = message(vector.key_package)
  const welcome = message(vector.welcome)
  if (keyPackage.wireformat !== "mls_key_package" || welcome.wireformat !== "mls_welcome") throw new Error("unexpected message")
  const keys = {
    initPrivateKey: fromHex(vector.init_priv),
    hpkePrivateKey: fromHex(vector.encryption_priv),
    signaturePrivateKey: fromHex(vector.signature_priv),
  }
  const ratchetTree = vector.ratchet_tree ? tree(vector.ratchet_tree) : undefined
  const pskIndex = makePskIndex(undefined, psks)
  let state = await joinGroup(welcome.welcome, keyPackage.keyPackage, keys, pskIndex, suite, ratchetTree, undefined, config)
  expectSame("first epoch authenticator", vector.initial_epoch_authenticator, state.keySchedule.epochAuthenticator)
  for (const [index, epoch] of vector.epochs.entries()) {
    for (const proposal of epoch.proposals) state = await receive(state, message(proposal), psks, suite)
    state = restored(await receive(state, message(epoch.commit), psks, suite))
    expectSame(`epoch authenticator ${index + 1}`, epoch.epoch_authenticator, state.keySchedule.epochAuthenticator)
  }
}

async function receive(state: ClientState, received: MLSMessage, psks: Record<string, Uint8Array>, suite: CiphersuiteImpl) {
  const pskIndex = makePskIndex(state, psks)
  if (received.wireformat === "mls_public_message")
    return (await processPublicMessage(state, received.publicMessage, pskIndex, suite, acceptAll)).newState
  if (received.wireformat === "mls_private_message")
    return (await processPrivateMessage(state, received.privateMessage, pskIndex, suite, acceptAll)).newState
  throw new Error("unexpected message")
}

async function checkTree(vector: TreeValidation, suite: CiphersuiteImpl): Promise<void> {
  const nodes = tree(vector.tree)
  const groupId = fromHex(vector.group_id)
  for (const [index, expected] of vector.resolutions.entries()) {
    const actual: number[] = resolution(nodes, toNodeIndex(index))
    if (actual.join() !== expected.join()) throw new Error(`resolution of node ${index} differs`)
  }
  for (const [index, expected] of vector.tree_hashes.entries())
    expectSame(`hash of node ${index}`, expected, await treeHash(nodes, toNodeIndex(index), suite.hash))
  if (!(await verifyParentHashes(nodes, suite.hash))) throw new Error("parent hashes do not verify")
  for (const [index, node] of nodes.entries()) {
    if (node?.nodeType !== "leaf") continue
    const { leaf } = node
    const valid =
      leaf.leafNodeSource === "key_package"
        ? await verifyLeafNodeSignatureKeyPackage(leaf, suite.signature)
        : await verifyLeafNodeSignature(leaf, groupId, index / 2, suite.signature)
    if (!valid) throw new Error(`signature of leaf ${index / 2} does not verify`)
  }
  const root = fromHex(vector.tree_hashes[(nodes.length - 1) / 2]!)
  const context = {
    version: "mls10" as const,
    cipherSuite: suite.name,
    groupId,
    epoch: 0n,
    treeHash: root,
    confirmedTranscriptHash: new Uint8Array(),
    extensions: [],
  }
  const error = await validateRatchetTree(nodes, context, config.lifetimeConfig, config.authService, root, suite)
  if (error) throw error
}

/** Checks a file in one of these formats. Throws where it is not JSON or of another format. */
export async function checkMlsFile(path: string): Promise<MlsVectorReport> {
  const cases = v.parse(v.array(v.union([passiveClient, treeValidation])), JSON.parse(await readFile(path, "utf8")))
  const failures: string[] = []
  let passed = 0
  let notApplicable = 0
  for (const [index, vector] of cases.entries()) {
    const suite = suiteOf(vector.cipher_suite)
    if (suite === null) {
      notApplicable++
      continue
    }
    try {
      await ("tree" in vector ? checkTree(vector, suite) : checkPassiveClient(vector, suite))
      passed++
    } catch (error) {
      failures.push(`case ${index} (suite ${vector.cipher_suite}): ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { passed, failed: failures.length, failures, notApplicable }
}
