import type { MessageView } from "../../messenger/api.ts"
import type { Mortal } from "./mortal.ts"

const PAGE = 50

/** One direction of a conversation: what was written, and what of it lies in its reader's store. Screens say less: who is stopped between the two has stored what was not shown. */
export class Direction {
  readonly from: Mortal
  readonly to: Mortal
  /** When each message was written; ms of the network's clock. */
  readonly #written: number[] = []
  /** Position of the last that was found in the store. */
  #last = -1
  #found = 0

  constructor(from: Mortal, to: Mortal) {
    this.from = from
    this.to = to
  }

  get written(): number {
    return this.#written.length
  }

  /** A user's name and a number, so that nothing else in the conversation is taken for it. */
  get #text(): string {
    return `${this.from.name} to ${this.to.name}: `
  }

  async write(): Promise<void> {
    const { from, to } = this
    const text = this.#text + this.written
    const at = from.network.clock.now()
    let conversation: string | undefined
    while (conversation === undefined) conversation = (await from.attempt(() => from.contact(to.name)))?.id
    const id = conversation
    const isThere = async () => (await from.run("messages", { conversation: id, limit: 5 })).messages.some((message) => message.own && message.text === text)
    await from.insist(isThere, () => from.run("send", { conversation: id, text }))
    this.#written.push(at)
  }

  /** How many have been found in the reader's store. */
  get found(): number {
    return this.#found
  }

  /** Looks for more, behind what was found there before. */
  async look(): Promise<number> {
    if (this.#found >= this.written) return this.#found
    const found = await this.to.attempt(() => this.#since(this.#last))
    if (found !== undefined && found.length > 0) {
      this.#found += found.filter(({ own }) => !own).length
      this.#last = found.at(-1)!.position
    }
    return this.#found
  }

  /** All that is in the store in the end, whatever was found there before. */
  async outcome(): Promise<{ lost: number; doubled: number; isDisordered: boolean; delays: number[] }> {
    let all: readonly MessageView[] | undefined
    while (all === undefined) all = await this.to.attempt(() => this.#since(-1))
    const come = all.filter(({ own }) => !own)
    const numbers = come.map(({ text }) => (text.startsWith(this.#text) ? Number(text.slice(this.#text.length)) : NaN))
    const unique = new Set(numbers.filter((number) => number < this.written))
    return {
      lost: this.written - unique.size,
      doubled: numbers.length - unique.size,
      isDisordered: numbers.some((number, i) => !(number > (numbers[i - 1] ?? -1)) && number !== numbers[i - 1]),
      delays: come.map(({ received }, i) => received! - this.to.skew - this.#written[numbers[i]!]!),
    }
  }

  /** Messages behind this position. */
  async #since(position: number): Promise<MessageView[]> {
    const conversation = (await this.to.contact(this.from.name))!.id
    const since: MessageView[] = []
    for (let before: number | undefined; ; before = since[0]!.position) {
      const { messages, more } = await this.to.run("messages", { conversation, limit: PAGE, ...(before !== undefined && { before }) })
      const news = messages.filter((message) => message.position > position)
      since.unshift(...news)
      if (!more || news.length < messages.length) return since
    }
  }
}
