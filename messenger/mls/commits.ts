import type { GroupState as LibraryState } from "ts-mls/clientState.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { makeKeyPackageRef } from "ts-mls/keyPackage.js"
import type { Welcome } from "ts-mls/welcome.js"
import { decodeWelcome, encodeWelcome } from "ts-mls/welcome.js"
import { sameBytes } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import { decodeExactly } from "./codec.ts"
import { makeCommit } from "./commit.ts"
import { enterFrom, WELCOME_MAX } from "./entry.ts"
import { adopted } from "./epochs.ts"
import { follow, judgeCommit } from "./following.ts"
import { createKeyPackage, decodeSecrets, parseKeyPackage } from "./keypackage.ts"
import type { GroupState, Mls } from "./mls.ts"
import { MlsError } from "./mls.ts"
import { makeGroupInfo, makeRejoin } from "./rejoin.ts"
import { rankOf, signAsLeaf, verifyAsLeaf } from "./standing.ts"
import type { States } from "./state.ts"

interface Parts {
  readonly suite: CiphersuiteImpl
  readonly random: Random
  readonly states: States
  describe(state: LibraryState, bytes: Uint8Array): Promise<GroupState>
}

type Commits = Pick<
  Mls,
  "commit" | "splitWelcome" | "joinWelcome" | "process" | "judge" | "adopt" | "groupInfo" | "rejoin" | "enter" | "authenticator" | "commitRank" | "signAs" | "verifyAs"
>

const NOTHING = new Uint8Array()

/** The half of `Mls` that leads from one epoch to the next. */
export function createCommits({ suite, random, states, describe }: Parts): Commits {
  /** For what only reads. */
  async function withState<T>(bytes: Uint8Array, use: (state: LibraryState) => Promise<T>): Promise<T> {
    const state = states.take(bytes)
    try {
      return await use(state)
    } finally {
      states.putBack(bytes, state)
    }
  }

  return {
    commit: (bytes, changes, now) =>
      withState(bytes, async (state) => {
        const { current, next, commit, welcome } = await makeCommit(suite, state, changes, now)
        return { state: states.encode(current), commit, next: await describe(next, states.encode(next)), welcome }
      }),

    async splitWelcome(bytes, keyPackages) {
      const welcome = decodeExactly(decodeWelcome, encodeWelcome, bytes, bytes.length)
      const own: Uint8Array[] = []
      for (const keyPackage of keyPackages) {
        const ref = await makeKeyPackageRef(parseKeyPackage(keyPackage), suite.hash)
        const secrets = welcome.secrets.filter(({ newMember }) => sameBytes(newMember, ref))
        if (secrets.length !== 1) throw new MlsError("the Welcome is for somebody else")
        own.push(encodeWelcome({ ...welcome, secrets, encryptedGroupInfo: NOTHING }))
      }
      return { common: encodeWelcome({ ...welcome, secrets: [] }), own }
    },

    async joinWelcome(common, own) {
      try {
        const [all, one] = [common, own].map((bytes) => decodeExactly(decodeWelcome, encodeWelcome, bytes, WELCOME_MAX)) as [Welcome, Welcome]
        const isSplit = all.secrets.length === 0 && one.secrets.length === 1 && one.encryptedGroupInfo.length === 0 && all.cipherSuite === one.cipherSuite
        return isSplit ? encodeWelcome({ ...all, secrets: one.secrets }) : null
      } catch {
        return null
      }
    },

    process: (bytes, commit, allows = () => true) =>
      withState(bytes, async (state) => {
        const followed = await follow(suite, state, commit, allows)
        return followed.ok ? { ...followed, next: await describe(followed.next, states.encode(followed.next)) } : followed
      }),

    judge: (bytes, commit, allows = () => true) =>
      withState(bytes, async (state) => {
        const judged = await judgeCommit(suite, state, commit, allows)
        return judged && { ...judged, rank: await rankOf(suite, state, judged.sender, judged.changes) }
      }),

    adopt: (bytes, pending) =>
      withState(bytes, (current) =>
        withState(pending, async (later) => {
          const state = adopted(current, later)
          return describe(state, states.encode(state))
        }),
      ),

    groupInfo: (bytes) => withState(bytes, (state) => makeGroupInfo(suite, state)),

    async rejoin(device, groupInfo, now) {
      const own = await createKeyPackage(device, suite, random, now)
      try {
        const { next, commit, replaced } = await makeRejoin(suite, device, own, groupInfo, now)
        return { next: await describe(next, states.add(next)), commit, replaced, streamScalar: own.streamScalar }
      } catch {
        return null
      }
    },

    async enter(keyPackage, secrets, welcome, now) {
      try {
        const { privatePackage, streamScalar } = decodeSecrets(secrets)
        const state = await enterFrom(suite, parseKeyPackage(keyPackage), privatePackage, welcome, now)
        return { ...(await describe(state, states.add(state))), streamScalar }
      } catch {
        return null
      }
    },

    authenticator: (bytes) => withState(bytes, async ({ keySchedule }) => keySchedule.epochAuthenticator.slice()),
    commitRank: (bytes, sender, changes) => withState(bytes, (state) => rankOf(suite, state, sender, changes)),
    signAs: (bytes, label, message) => withState(bytes, (state) => signAsLeaf(suite, state, label, message)),
    verifyAs: (bytes, leaf, label, message, signature) =>
      withState(bytes, (state) => verifyAsLeaf(suite, state, leaf, label, message, signature)),
  }
}
