/** Introductions in the app of canned data, as the messenger has them. */
import type { CommandInput, CommandName, CommandOutput, ContactView, IntroductionView, LineView, MemberView, MessengerEvent } from "../../messenger/api.ts"
import { CommandError } from "../../messenger/api.ts"

type IntroductionCommand = Extract<CommandName, `introduc${string}`>

interface Hands {
  readonly now: () => number
  readonly after: (ms: number, then: () => void) => void
  readonly contact: (id: string) => ContactView | undefined
  /** Somebody becomes a contact. */
  readonly meet: (id: string, name: string) => void
  readonly member: (conversation: string, id: string) => MemberView | undefined
  readonly line: (conversation: string, line: LineView) => void
  readonly emit: (event: MessengerEvent) => void
}

const WHILE = 900

export class FakeIntroductions {
  readonly #hands: Hands
  readonly all = new Map<string, IntroductionView>()

  constructor(hands: Hands) {
    this.#hands = hands
  }

  add(id: string, more: Partial<IntroductionView>): IntroductionView {
    const one: IntroductionView = { id, state: "open", by: null, people: [], name: "", contact: null, member: null, at: this.#hands.now(), ...more }
    this.all.set(id, one)
    return one
  }

  #change(id: string, more: Partial<IntroductionView>): void {
    this.#hands.emit({ type: "introduction", introduction: this.add(id, { ...this.all.get(id), ...more }) })
  }

  #name = (id: string): string => this.#hands.contact(id)?.name ?? "?"

  readonly commands: { [Name in IntroductionCommand]: (input: CommandInput<Name>) => CommandOutput<Name> } = {
    introduce: ({ contact, to }) => {
      const id = `introduction-${this.all.size + 1}`
      this.#change(id, { people: [contact, to], name: `${this.#name(contact)}, ${this.#name(to)}` })
      for (const [one, other] of [[contact, to], [to, contact]] as const) this.#hands.line(one, { kind: "introduction", introduction: id, step: "introduced", name: this.#name(other) })
      return { introduction: id }
    },
    "introduction-ask": ({ conversation, member, by = "mira" }) => {
      const id = `introduction-${this.all.size + 1}`
      const name = this.#hands.member(conversation, member)?.name ?? "?"
      this.#change(id, { by, name, member })
      this.#hands.line(by, { kind: "introduction", introduction: id, step: "asked", name })
      return { introduction: id }
    },
    "introduction-answer": ({ introduction: id, agree }) => {
      const one = this.all.get(id)
      if (one === undefined) throw new CommandError("there is no introduction of this id")
      this.#change(id, { state: agree ? "open" : "ended", contact: null })
      if (agree && one.state === "offered") this.#hands.after(WHILE * 3, () => {
        this.#hands.meet(`met-${id}`, one.name)
        this.#change(id, { state: "made", contact: `met-${id}` })
      })
      return {}
    },
    introductions: () => ({ introductions: [...this.all.values()] }),
  }
}

/** One that this user is offered, one that they are asked for, and one that came to nothing. */
export function fillIntroductions(introductions: FakeIntroductions, line: Hands["line"]): void {
  introductions.add("offer", { state: "offered", by: "mira", name: "Inga Solberg" })
  line("mira", { kind: "introduction", introduction: "offer", step: "offered", name: "Inga Solberg" })
  introductions.add("wish", { state: "wanted", by: "jo", people: ["jo", "kaya"], name: "Jo, Kaya" })
  line("jo", { kind: "introduction", introduction: "wish", step: "wanted", name: "Kaya" })
  introductions.add("over", { state: "ended", by: "mira", name: "Noa Keller", member: "member-Noa Keller" })
}
