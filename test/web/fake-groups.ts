/** Groups in the app of canned data, as the messenger has them. */
import type { CommandInput, CommandName, CommandOutput, ContactView, ConversationView, GroupView, LineView, MemberView, MessageView, Role, SendState } from "../../messenger/api.ts"
import { CommandError } from "../../messenger/api.ts"
import { landscape, png } from "./fake-pictures.ts"

type GroupCommand = Extract<CommandName, `group-${string}` | "receipts">

interface Hands {
  readonly now: () => number
  readonly after: (ms: number, then: () => void) => void
  readonly contact: (id: string) => ContactView | undefined
  readonly find: (id: string) => MessageView | undefined
  readonly put: (conversation: string, own: boolean, text: string, sent: number, state: SendState | null, more?: Partial<MessageView>) => MessageView
  /** The conversation has changed, perhaps by this message; null: it has gone. */
  readonly tell: (id: string, message: MessageView | null) => void
  readonly gone: (id: string) => void
}

interface FakeGroup {
  title: string
  view: Omit<GroupView, "members" | "role" | "rights">
  members: MemberView[]
}

export const OWN = "member-own"
const WHILE = 900

export class FakeGroups {
  readonly #hands: Hands
  readonly all = new Map<string, FakeGroup>()

  constructor(hands: Hands) {
    this.#hands = hands
  }

  /** Somebody who is a contact, or with a name none. */
  member(id: string, role: Role = "member", more: Partial<MemberView> = {}): MemberView {
    const contact = this.#hands.contact(id)
    return { id: `member-${id}`, name: contact?.name ?? id, role, own: false, contact: contact?.id ?? null, trust: contact?.trust ?? null, blocked: contact?.blocked ?? false, heard: true, ...more }
  }

  add(id: string, title: string, role: Role, others: readonly MemberView[], more: Partial<GroupView> = {}): void {
    const own: MemberView = { id: OWN, name: "Robin", role, own: true, contact: null, trust: null, blocked: false, heard: true }
    this.all.set(id, { title, view: { standing: "in", by: null, since: this.#hands.now() - 3 * 86_400_000, muted: false, mentionsMuted: false, waiting: [], ...more }, members: [own, ...others] })
  }

  view(id: string): Pick<ConversationView, "kind" | "title" | "contact" | "group"> | null {
    const group = this.all.get(id)
    if (group === undefined) return null
    const role = group.members.find(({ own }) => own)?.role ?? "member"
    const highest = (["owner", "admin", "member"] as const).find((one) => group.members.some((member) => member.role === one))
    return { kind: "group", title: group.title, contact: null, group: { ...group.view, role, rights: role === highest ? "owner" : role, members: group.members.length } }
  }

  memberOf = (id: string, member: string): MemberView | undefined => this.all.get(id)?.members.find((one) => one.id === member)

  line(id: string, line: LineView, sent = this.#hands.now()): MessageView {
    return this.#hands.put(id, false, "", sent, null, { from: null, line })
  }

  #of(id: string): FakeGroup {
    const group = this.all.get(id)
    if (group === undefined) throw new CommandError("there is no group of this id")
    return group
  }

  /** After a while, as all that a commit makes so. */
  #soon(id: string, change: (group: FakeGroup) => LineView | null): Record<string, never> {
    const group = this.#of(id)
    this.#hands.after(WHILE, () => {
      const line = change(group)
      this.#hands.tell(id, line === null ? null : this.line(id, line))
    })
    return {}
  }

  readonly commands: { [Name in GroupCommand]: (input: CommandInput<Name>) => CommandOutput<Name> } = {
    "group-new": ({ name, members, picture }) => {
      const id = `group-${this.all.size + 1}`
      const contacts = members.flatMap((one) => this.#hands.contact(one) ?? [])
      this.add(id, name, "owner", contacts.filter(({ invitable }) => invitable).map((one) => this.member(one.id, "member", { heard: false })), { waiting: contacts.filter(({ invitable }) => !invitable).map((one) => one.id), ...(picture && { picture }) })
      this.#hands.tell(id, this.line(id, { kind: "founded", name }))
      for (const { id: who, name: whoName } of this.#of(id).members.slice(1)) this.#hands.tell(id, this.line(id, { kind: "joined", who, whoName, by: null, byName: "Robin" }))
      return { conversation: id }
    },
    "group-invite": ({ conversation, contacts }) => {
      const group = this.#of(conversation)
      for (const one of contacts) {
        const contact = this.#hands.contact(one)!
        if (!contact.invitable) group.view = { ...group.view, waiting: [...group.view.waiting, one] }
        else this.#soon(conversation, (all) => (all.members.push(this.member(one, "member", { heard: false })), { kind: "joined", who: `member-${one}`, whoName: contact.name, by: null, byName: "Robin" }))
      }
      this.#hands.tell(conversation, null)
      return {}
    },
    "group-remove": ({ conversation, member }) => this.#soon(conversation, (group) => {
      const gone = group.members.find(({ id }) => id === member)!
      group.members = group.members.filter(({ id }) => id !== member)
      return { kind: "removed", who: member, whoName: gone.name, by: null, byName: "Robin" }
    }),
    "group-rename": ({ conversation, name }) => this.#soon(conversation, (group) => ((group.title = name), { kind: "renamed", name, by: null, byName: "Robin" })),
    "group-picture": ({ conversation, picture }) => this.#soon(conversation, (group) => {
      const { picture: _, ...view } = group.view
      group.view = picture === null ? view : { ...view, picture }
      return { kind: "pictured", removed: picture === null, by: null, byName: "Robin" }
    }),
    "group-role": ({ conversation, member, role }) => this.#soon(conversation, (group) => {
      group.members = group.members.map((one) => (one.id === member ? { ...one, role } : one))
      return { kind: "role", who: member, whoName: group.members.find(({ id }) => id === member)!.name, role, by: null, byName: "Robin" }
    }),
    "group-leave": ({ conversation }) => {
      this.#stand(conversation, "leaving")
      return this.#soon(conversation, () => (this.#stand(conversation, "left"), { kind: "left", who: null, whoName: "Robin" }))
    },
    "group-accept": ({ conversation }) => this.#stand(conversation, "in"),
    "group-decline": ({ conversation }) => this.#forget(conversation),
    "group-forget": ({ conversation }) => this.#forget(conversation),
    "group-mute": ({ conversation, muted, mentions }) => {
      const group = this.#of(conversation)
      group.view = { ...group.view, muted, mentionsMuted: mentions ?? group.view.mentionsMuted }
      this.#hands.tell(conversation, null)
      return {}
    },
    "group-block": ({ conversation, member, blocked }) => {
      const group = this.#of(conversation)
      group.members = group.members.map((one) => (one.id === member ? { ...one, blocked } : one))
      this.#hands.tell(conversation, null)
      return {}
    },
    "group-history": ({ conversation, member, since }) => {
      const group = this.#of(conversation)
      const given = textsIn(since)
      const to = group.members.find(({ id }) => id === member)!.contact!
      const line = this.#hands.put(to, false, "", this.#hands.now(), null, { from: null, doing: "queued", line: { kind: "gave", group: conversation, name: group.title, count: given } })
      this.#hands.tell(to, line)
      return { given }
    },
    "group-history-cost": ({ since }) => ({ messages: textsIn(since), packets: Math.ceil(textsIn(since) / 8) * 2, sending: textsIn(since) * 700 }),
    "group-members": ({ conversation }) => ({ members: [...this.#of(conversation).members] }),
    receipts: ({ message: id }) => {
      const message = this.#hands.find(id)!
      const others = this.#of(message.conversation).members.filter(({ own }) => !own)
      return { receipts: others.map(({ id: member, name }, at) => ({ member, name, received: message.state === "received" || at < 2 })) }
    },
  }

  #stand(id: string, standing: GroupView["standing"]): Record<string, never> {
    const group = this.#of(id)
    group.view = { ...group.view, standing }
    this.#hands.tell(id, null)
    return {}
  }

  #forget(id: string): Record<string, never> {
    this.all.delete(id)
    this.#hands.gone(id)
    return {}
  }
}

const MINUTE = 60_000

/** Nothing was said for a day. */
const textsIn = (since: number | undefined): number => (since === undefined ? 41 : Date.now() - since < 2 * 86_400_000 ? 0 : 23)

/** A group in which all happened that can, one that this user was invited into, and one that they were removed from. */
export function fillGroups(groups: FakeGroups, put: Hands["put"], now: number): void {
  const ago = (minutes: number) => now - minutes * MINUTE
  const [mira, jo] = [groups.member("mira", "admin"), groups.member("jo")]
  const [dan, layan] = [groups.member("Dan Abara"), groups.member("ليان", "member", { heard: false })]
  groups.add("harbour", "Harbour walk", "owner", [mira, jo, dan, layan], { waiting: ["kaya"], picture: png(24, 24, landscape) })
  const said = (who: MemberView, text: string, minutes: number, more: Partial<MessageView> = {}) => put("harbour", false, text, ago(minutes), null, { from: who.id, fromName: who.name, ...more })
  groups.line("harbour", { kind: "founded", name: "Walkers" }, ago(190))
  groups.line("harbour", { kind: "joined", who: mira.id, whoName: mira.name, by: null, byName: "Robin" }, ago(190))
  groups.line("harbour", { kind: "joined", who: dan.id, whoName: dan.name, by: mira.id, byName: mira.name }, ago(180))
  groups.line("harbour", { kind: "renamed", name: "Harbour walk", by: mira.id, byName: mira.name }, ago(170))
  groups.line("harbour", { kind: "role", who: mira.id, whoName: mira.name, role: "admin", by: null, byName: "Robin" }, ago(169))
  const first = said(mira, "Shall we start at the lighthouse? The tide is out until four.", 160)
  said(mira, "Bring boots.", 160)
  said(dan, "I only have these shoes", 158, { reactions: [{ text: "😂", count: 2, own: true, from: [mira.id] }] })
  put("harbour", true, "The lighthouse, then.", ago(150), "received", { quote: { message: first.id, there: "shown", position: first.position, own: false, from: mira.id, fromName: mira.name, text: first.text } })
  said(jo, "@Robin can you bring the thermos? And @Dan Abara the map.", 140, { mentions: [{ member: null, from: 0, to: 6 }, { member: dan.id, from: 38, to: 48 }] })
  said(dan, "", 130, { timer: 7 * 86_400 })
  said(dan, "Map is packed.", 120, { quote: { message: "gone", there: "missing", position: null, own: null, from: null, text: "" } })
  put("harbour", true, "I’ll be there at two.", ago(110), "dropbox")
  groups.add("reading", "Reading circle", "member", [groups.member("mira", "owner"), groups.member("Noa Keller", "admin"), groups.member("Abu Said")], { standing: "invited", by: "mira", since: ago(100) })
  put("mira", false, "", ago(100), null, { line: { kind: "invited", group: "reading", name: "Reading circle" } })
  groups.add("choir", "Choir", "member", [groups.member("jo", "owner")], { standing: "removed" })
  put("choir", false, "See you on Monday.", ago(4000), null, { from: jo.id, fromName: jo.name })
  groups.line("choir", { kind: "removed", who: null, whoName: "Robin", by: jo.id, byName: jo.name }, ago(3900))
  const [greta, omar] = [groups.member("Greta Lind"), groups.member("Omar")]
  groups.add("garden", "Allotment 14", "member", [groups.member("mira", "owner"), greta, omar], { by: "mira", since: ago(50) })
  const before = (who: MemberView, text: string, minutes: number) => put("garden", false, text, ago(minutes), null, { from: who.id, fromName: who.name, past: "member-mira", received: ago(40), journey: null })
  before(greta, "The water is on again from Saturday.", 2 * 1440)
  before(greta, "Whoever has the key to the shed: please bring it.", 2 * 1440 - 2)
  before(omar, "It hangs behind the rain barrel, as always.", 2 * 1440 - 30)
  groups.line("garden", { kind: "joined", who: null, whoName: "Robin", by: "member-mira", byName: "Mira Adeyemi" }, ago(50))
  put("garden", false, "Welcome, Robin!", ago(48), null, { from: omar.id, fromName: omar.name })
  groups.line("garden", { kind: "past", who: "member-mira", whoName: "Mira Adeyemi", count: 3, first: 1 }, ago(40))
  groups.line("garden", { kind: "past-broken", who: "member-mira", whoName: "Mira Adeyemi" }, ago(39))
  groups.add("bicycles", "Bicycles", "admin", [groups.member("jo", "owner"), groups.member("kaya"), groups.member("Vera")])
  groups.add("loud", "Neighbours of the old mill road, all four houses", "admin", [groups.member("jo"), groups.member("kaya")], { muted: true, picture: Uint8Array.from("<svg xmlns='http://www.w3.org/2000/svg'/>", (letter) => letter.charCodeAt(0)) })
  put("loud", false, "Whose cat is this, @Robin?", ago(200), null, { from: jo.id, fromName: jo.name, mentions: [{ member: null, from: 19, to: 25 }] })
}
