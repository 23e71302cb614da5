import type { ConversationView, MessageView } from "../../messenger/api.ts"
import type { MemberView, ReceiptView } from "../../messenger/groups/group-view.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { toHex } from "../../shared/bytes.ts"
import { acquaint, Desk, Sitter } from "./desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES

/** People at one desk, each of whom has the first as a contact, and the first all of them. */
export class GroupDesk {
  readonly desk: Desk
  readonly people: readonly Sitter[]
  /** By person: the id of the conversation with the first; for the first, those with the others. */
  readonly ids: readonly string[]
  readonly own: readonly string[]

  private constructor(desk: Desk, people: readonly Sitter[], ids: readonly string[], own: readonly string[]) {
    this.desk = desk
    this.people = people
    this.ids = ids
    this.own = own
  }

  static async start(seed: string, names: readonly string[]): Promise<GroupDesk> {
    const desk = await Desk.start(seed)
    const people: Sitter[] = []
    for (const name of names) people.push(await Sitter.join(desk, name))
    const [ids, own] = [[""], [""]]
    for (const one of people.slice(1)) {
      const [mine, theirs] = await acquaint(people[0]!, one)
      own.push(mine)
      ids.push(theirs)
      await one.send(theirs, "hello")
      await people[0]!.send(mine, "hello")
    }
    const together = new GroupDesk(desk, people, ids, own)
    const hasAll = () => people.slice(1).every((one, i) => (people[0]!.engine.contacts.get(own[i + 1]!)?.exchange?.theirs ?? 0) > 0 && one.engine.contacts.get(ids[i + 1]!)?.exchange !== undefined)
    if (!(await desk.run(6 * HOURS, hasAll))) throw new Error("no KeyPackages came")
    return together
  }

  /** The same people once more, as they are now, at a desk of their own: what it took to come so far is not done twice. */
  async again(): Promise<GroupDesk> {
    const desk = this.desk.again(this.desk.now)
    const people: Sitter[] = []
    for (const { name, store } of this.people) {
      const copy = memoryStore()
      await copy.commit(await store.list(""))
      const sitter = new Sitter(desk, name, copy)
      await sitter.open()
      people.push(sitter)
    }
    return new GroupDesk(desk, people, this.ids, this.own)
  }

  get first(): Sitter {
    return this.people[0]!
  }

  /** The first makes a group of these, and all of them accept. */
  async found(name: string, members: readonly number[] = this.people.map((_, i) => i).slice(1)): Promise<string> {
    const { conversation } = await this.first.run("group-new", { name, members: members.map((i) => this.own[i]!) })
    await this.settle(members.map((i) => this.people[i]!), conversation, "invited")
    for (const i of members) await this.people[i]!.run("group-accept", { conversation })
    return conversation
  }

  /** Runs until these see the group as said. */
  async settle(people: readonly Sitter[], conversation: string, standing: string): Promise<void> {
    if (!(await this.desk.run(6 * HOURS, () => people.every((one) => standingOf(one, conversation) === standing)))) {
      throw new Error(`not all are ${standing}: ${people.map((one) => standingOf(one, conversation)).join()}`)
    }
  }

  /** Runs until all who are in it have the same state of the group, and what is said of it holds. */
  async agree(conversation: string, people: readonly Sitter[] = this.people, until: () => boolean = () => true, hours = 12): Promise<void> {
    const authenticators = () => new Set(people.map((one) => toHex(one.stored(conversation).epochs.at(-1)!.authenticator)))
    if (!(await this.desk.run(hours * HOURS, () => until() && authenticators().size === 1))) {
      throw new Error(`not one state: ${people.map((one) => `${one.name} ${one.epoch(conversation)} ${roomOf(one, conversation).name}`).join(", ")}`)
    }
  }
}

export function standingOf(person: Sitter, conversation: string): string {
  return person.engine.conversations.get(conversation)?.stored.group?.standing ?? "nothing"
}

export function roomOf(person: Sitter, conversation: string) {
  return person.stored(conversation).group!.room
}

export async function viewOf(person: Sitter, conversation: string): Promise<ConversationView> {
  return (await person.run("view", {})).conversations.find(({ id }) => id === conversation)!
}

export async function membersOf(person: Sitter, conversation: string): Promise<readonly MemberView[]> {
  return (await person.run("group-members", { conversation })).members
}

export async function receiptsOf(person: Sitter, message: string): Promise<readonly ReceiptView[]> {
  return (await person.run("receipts", { message })).receipts
}

/** Texts of others, without lines. */
export async function heardIn(person: Sitter, conversation: string): Promise<string[]> {
  return (await all(person, conversation)).filter(({ own, line }) => !own && line === undefined).map(({ text }) => text)
}

/** Lines as words. */
export async function linesIn(person: Sitter, conversation: string): Promise<string[]> {
  return (await all(person, conversation)).flatMap(({ line }) => {
    if (line === undefined) return []
    const name = (id: string | null, called: string) => (id === null ? "I" : called)
    switch (line.kind) {
      case "founded":
        return [`founded ${line.name}`]
      case "invited":
        return [`invited into ${line.name}`]
      case "joined":
      case "removed":
        return [`${name(line.who, line.whoName)} ${line.kind} by ${name(line.by, line.byName)}`]
      case "left":
        return [`${name(line.who, line.whoName)} left`]
      case "renamed":
        return [`${line.name} by ${name(line.by, line.byName)}`]
      case "pictured":
        return [`${line.removed ? "no picture" : "a picture"} by ${name(line.by, line.byName)}`]
      case "role":
        return [`${name(line.who, line.whoName)} is ${line.role} by ${name(line.by, line.byName)}`]
      case "called":
        return [`${name(line.who, line.whoName)} is called ${line.name}`]
      case "past":
        return [`${line.count} from before by ${name(line.who, line.whoName)}`]
      case "past-broken":
        return [`broken by ${name(line.who, line.whoName)}`]
      case "gave":
        return [`gave ${line.count} of ${line.name}`]
      case "introduction":
        return [`${line.step} ${line.name}`]
    }
  })
}

async function all(person: Sitter, conversation: string): Promise<MessageView[]> {
  return (await person.run("messages", { conversation, limit: 200 })).messages
}
