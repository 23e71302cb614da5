import type { GroupState as LibraryState } from "ts-mls/clientState.js"
import { createApplicationMessage } from "ts-mls/createMessage.js"
import type { KeyPackage } from "ts-mls/keyPackage.js"
import { encodeKeyPackage } from "ts-mls/keyPackage.js"
import { mlsExporter } from "ts-mls/keySchedule.js"
import { encodeMlsMessage } from "ts-mls/message.js"
import { patched } from "ts-mls/patched.js"
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js"
import { sameBytes } from "../../shared/bytes.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import type { Random } from "../../shared/random.ts"
import { createPostQuantumSuite } from "./ciphersuite.ts"
import { createCommits } from "./commits.ts"
import { certify } from "./credential.ts"
import { narrowed } from "./epochs.ts"
import { checkKeyPackage, createKeyPackage, decodeSecrets, encodeSecrets, parseKeyPackage } from "./keypackage.ts"
import { clientConfig, membersOf } from "./members.ts"
import type { GroupState, Mls } from "./mls.ts"
import { MlsError } from "./mls.ts"
import { openMessage } from "./open.ts"
import { createSingleKeys } from "./single-keys.ts"
import { roomIn } from "./room.ts"
import { createStates } from "./state.ts"
import { foundGroup, GROUP_ID_LENGTH, joinFrom, makeGroup } from "./welcome.ts"

const BOX_LABEL = "sotto box"
const NOTHING = new Uint8Array()
const PATCH = 1

function parsed(keyPackage: Uint8Array): KeyPackage | null {
  try {
    return parseKeyPackage(keyPackage)
  } catch {
    return null
  }
}

/** The one implementation of `Mls`, on ts-mls. Randomness comes from `random` alone, and the time is handed in with each call. */
export function createMls({ random }: { readonly random: Random }): Mls {
  if (patched !== PATCH) throw new Error('ts-mls lacks the corrections in patches/: run "npm ci"')
  const suite = createPostQuantumSuite(random)
  const states = createStates()
  const sending = clientConfig(null)

  async function describe(state: LibraryState, bytes: Uint8Array): Promise<GroupState> {
    const { groupContext, keySchedule, privatePath, ratchetTree } = state
    return {
      state: bytes,
      groupId: groupContext.groupId.slice(),
      epoch: Number(groupContext.epoch),
      ownLeaf: privatePath.leafIndex,
      members: membersOf(ratchetTree),
      room: roomIn(groupContext.extensions),
      boxContext: await mlsExporter(keySchedule.exporterSecret, BOX_LABEL, NOTHING, 32, suite),
    }
  }

  return {
    ...createCommits({ suite, random, states, describe }),
    ...createSingleKeys(random),

    ready: async () => {},

    certify: (identitySecret, devicePublic, now) => certify(identitySecret, publicEd25519(identitySecret), devicePublic, now),

    async createKeyPackage(device, now) {
      const own = await createKeyPackage(device, suite, random, now)
      return { keyPackage: encodeKeyPackage(own.publicPackage), secrets: encodeSecrets(own), streamScalar: own.streamScalar }
    },

    async inspectKeyPackage(keyPackage, now) {
      const foreign = parsed(keyPackage)
      const claims = foreign && (await checkKeyPackage(foreign, suite, now))
      return claims && { identity: claims.identity, device: claims.device, stream: claims.stream }
    },

    async invite(device, keyPackage, greeting, now) {
      const foreign = parsed(keyPackage)
      const claims = foreign && (await checkKeyPackage(foreign, suite, now))
      if (!claims) throw new MlsError("the KeyPackage is not acceptable")
      if (sameBytes(claims.device, device.devicePublic)) throw new MlsError("the KeyPackage is this device's own")
      const own = await createKeyPackage(device, suite, random, now)
      const { state, welcome } = await makeGroup(suite, own, foreign, greeting, random(GROUP_ID_LENGTH), now)
      // Nobody will be invited by it.
      zeroOutUint8Array(own.privatePackage.initPrivateKey)
      return { ...(await describe(state, states.add(state))), welcome, streamScalar: own.streamScalar }
    },

    async found(device, room, ownName, now) {
      const own = await createKeyPackage(device, suite, random, now)
      const state = await foundGroup(suite, own, { ...room, participants: [{ identity: device.identityPublic, role: "owner", name: ownName }] }, random(GROUP_ID_LENGTH), now)
      zeroOutUint8Array(own.privatePackage.initPrivateKey)
      return { ...(await describe(state, states.add(state))), streamScalar: own.streamScalar }
    },

    async join(keyPackage, secrets, welcome, now) {
      try {
        const { privatePackage, streamScalar } = decodeSecrets(secrets)
        const joined = await joinFrom(suite, parseKeyPackage(keyPackage), privatePackage, welcome, now)
        zeroOutUint8Array(privatePackage.initPrivateKey)
        if (joined === null) return null
        const { state, greeting } = joined
        return { ...(await describe(state, states.add(state))), greeting, streamScalar }
      } catch {
        return null
      }
    },

    async read(bytes) {
      const state = states.take(bytes)
      try {
        return await describe(state, bytes)
      } finally {
        states.putBack(bytes, state)
      }
    },

    async seal(bytes, plaintext, authenticatedData = NOTHING) {
      const current = states.take(bytes)
      const sealed = await createApplicationMessage({ ...current, clientConfig: sending }, plaintext, suite, authenticatedData)
      const message = encodeMlsMessage({
        version: "mls10",
        wireformat: "mls_private_message",
        privateMessage: sealed.privateMessage,
      })
      const { clientConfig: _, ...next } = sealed.newState
      const state = states.add(next)
      sealed.consumed.forEach(zeroOutUint8Array)
      return { state, message }
    },

    async narrow(bytes, isNeeded) {
      const state = states.take(bytes)
      const { next, consumed } = narrowed(state, isNeeded) ?? { next: null, consumed: [] }
      if (next === null) {
        states.putBack(bytes, state)
        return bytes
      }
      const moved = states.add(next)
      consumed.forEach(zeroOutUint8Array)
      return moved
    },

    async open(bytes, message) {
      const state = states.take(bytes)
      try {
        const opened = await openMessage(suite, state, message)
        if (!opened.ok) {
          states.putBack(bytes, state)
          return opened
        }
        const { next, consumed, ...rest } = opened
        const moved = states.add(next)
        consumed.forEach(zeroOutUint8Array)
        return { ...rest, state: moved }
      } catch {
        states.putBack(bytes, state)
        return { ok: false, problem: "malformed" }
      }
    },
  }
}
