import type { Member, Mls } from "../../messenger/mls/mls.ts"
import type { Random } from "../../shared/random.ts"
import type { Person } from "./support.ts"
import { createPair, createPerson, NOW } from "./support.ts"

type Three<T> = readonly [T, T, T]

export interface Trio {
  readonly mls: Mls
  readonly random: Random
  /** By leaf. */
  readonly people: Three<Person>
  readonly states: Three<Uint8Array>
  readonly members: Three<Member>
}

/** Three devices in epoch 2: the first has added the third. */
export async function createTrio(seed: string): Promise<Trio> {
  const { mls, random, inviter, guest, invited, joined } = await createPair(seed)
  const third = createPerson(mls, random)
  const keyPackage = await mls.createKeyPackage(third.device, NOW)
  const made = await mls.commit(invited.state, [{ kind: "add", keyPackage: keyPackage.keyPackage }], NOW)
  const first = await mls.adopt(made.state, made.next.state)
  const second = await mls.process(joined.state, made.commit)
  const entered = await mls.enter(keyPackage.keyPackage, keyPackage.secrets, made.welcome!, NOW)
  if (!second.ok || entered === null) throw new Error("the three do not come together")
  const [a, b, c] = first.members
  return {
    mls,
    random,
    people: [guest, inviter, third],
    states: [first.state, second.next.state, entered.state],
    members: [a!, b!, c!],
  }
}
