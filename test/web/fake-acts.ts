/** What is done to messages in the app of canned data, as the messenger does it. */
import type { ConversationView, MentionView, MessageView, QuoteView, SendState, VersionView } from "../../messenger/api.ts"

interface Hands {
  readonly now: () => number
  readonly after: (ms: number, then: () => void) => void
  readonly find: (id: string) => MessageView | undefined
  readonly update: (id: string, more: Partial<MessageView>) => void
}

export class FakeActs {
  readonly timers = new Map<string, number>()
  readonly #hands: Hands
  readonly #versions = new Map<string, VersionView[]>()

  constructor(hands: Hands) {
    this.#hands = hands
  }

  /** Under way for some seconds, as all that leaves. */
  #do(id: string, more: Partial<MessageView>): void {
    const { after, find, update } = this.#hands
    update(id, { ...more, doing: "queued" })
    const become = (doing: SendState) => () => find(id)?.doing && update(id, { doing })
    after(1100, become("mix"))
    after(4300, become("dropbox"))
    after(7800, () => this.settle(id))
  }

  settle(id: string): void {
    const message = this.#hands.find(id)
    if (message?.doing !== undefined) this.#hands.update(id, { doing: undefined } as unknown as Partial<MessageView>)
  }

  edit(id: string, text: string, mentions?: readonly MentionView[]): void {
    const message = this.#hands.find(id)
    if (message === undefined) throw new Error("there is no message of this id")
    this.#versions.set(id, [...this.history(id), { text, sent: this.#hands.now() }])
    this.#do(id, { text, mentions, edited: this.#hands.now() } as Partial<MessageView>)
  }

  history(id: string): VersionView[] {
    const message = this.#hands.find(id)
    return this.#versions.get(id) ?? (message === undefined ? [] : [{ text: message.text, sent: message.sent }])
  }

  /** One that was written anew before the app began. */
  remember(id: string, versions: VersionView[]): void {
    this.#versions.set(id, versions)
  }

  react(id: string, signs: readonly string[]): void {
    const others = (this.#hands.find(id)?.reactions ?? []).map((one) => ({ ...one, own: false, count: one.from.length }))
    const fresh = signs.filter((sign) => !others.some(({ text }) => text === sign)).map((text) => ({ text, own: false, count: 0, from: [] as string[] }))
    const reactions = [...others, ...fresh].map((one) => (signs.includes(one.text) ? { ...one, own: true, count: one.count + 1 } : one)).filter(({ count }) => count > 0)
    this.#do(id, { reactions: reactions.length > 0 ? reactions : undefined } as Partial<MessageView>)
  }

  delete(id: string): void {
    this.#do(id, { text: "", deleted: this.#hands.now(), reactions: undefined, attachment: undefined, edited: undefined, quote: undefined } as unknown as Partial<MessageView>)
  }

  quote(id: string): QuoteView {
    const message = this.#hands.find(id)
    if (message === undefined) return { message: id, there: "missing", position: null, own: null, from: null, text: "" }
    const { deleted, position, own, from, text } = message
    return { message: id, there: deleted === undefined ? "shown" : "deleted", position, own, from, text }
  }

  timerOf(id: string): Pick<ConversationView, "timer"> {
    const timer = this.timers.get(id)
    return timer === undefined ? {} : { timer }
  }
}
