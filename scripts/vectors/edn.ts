import { encode, rfc8949EncodeOptions, Tagged } from "cborg"
import { concat, fromHex } from "../../shared/bytes.ts"
import { fromUtf8, utf8 } from "../../shared/text.ts"

/** A value written in diagnostic notation: maps become Map, byte strings Uint8Array, tagged items cborg's Tagged. */
export type EdnValue = null | undefined | boolean | number | bigint | string | Uint8Array | readonly EdnValue[] | Map<EdnValue, EdnValue> | Tagged

/**
 * Reads one value in CBOR's extended diagnostic notation (draft-ietf-cbor-edn-literals) as far as message examples use
 * it: comments, trailing commas, h'…', b64'…', '…' as bytes, "…" as text, pieces joined by +, tags and <<…>>.
 * Throws a SyntaxError with the line. For files that a person named on the command line, not for hostile input.
 */
export function readEdn(source: string): EdnValue {
  const reader = new EdnReader(source)
  const value = reader.value()
  reader.end()
  return value
}

const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" }
const WORDS: Record<string, EdnValue> = { null: null, true: true, false: false, undefined, NaN: Number.NaN, Infinity }

class EdnReader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  /** A value, and further pieces of the same string behind plus signs. */
  value(): EdnValue {
    let value = this.#one()
    while (this.#take("+")) {
      const more = this.#one()
      if (typeof value === "string" && typeof more === "string") value += more
      else if (value instanceof Uint8Array && more instanceof Uint8Array) value = concat(value, more)
      else if (value instanceof Uint8Array && typeof more === "string") value = concat(value, utf8(more))
      else if (typeof value === "string" && more instanceof Uint8Array) value += fromUtf8(more)
      else this.#fail("pieces that cannot be joined")
    }
    return value
  }

  end(): void {
    this.#space()
    if (this.#at < this.#source.length) this.#fail("something after the value")
  }

  #one(): EdnValue {
    if (this.#take("[")) return this.#list("]", () => this.value())
    if (this.#take("{")) return new Map(this.#list("}", () => this.#pair()))
    if (this.#take("<<")) return concat(...this.#list(">>", () => encode(this.value(), rfc8949EncodeOptions)))
    if (this.#take('"')) return this.#quoted('"')
    if (this.#take("'")) return utf8(this.#quoted("'"))
    const prefix = this.#match(/(h|b64)'/y)
    if (prefix !== null) return prefix.startsWith("h") ? this.#hex() : this.#base64()
    const number = this.#match(/-?(0x[0-9a-fA-F]+|Infinity|\d+(\.\d+)?([eE][+-]?\d+)?)/y)
    if (number !== null) return this.#number(number)
    const word = this.#match(/[a-zA-Z]+/y)
    if (word !== null && Object.hasOwn(WORDS, word)) return WORDS[word]!
    return this.#fail("no value")
  }

  #number(text: string): EdnValue {
    const negative = text.startsWith("-")
    const digits = negative ? text.slice(1) : text
    const isInteger = /^(0x[0-9a-fA-F]+|\d+)$/.test(digits)
    if (isInteger && !negative && this.#take("(")) {
      const value = this.value()
      if (!this.#take(")")) this.#fail("a tag without its end")
      return new Tagged(Number(digits), value)
    }
    if (!isInteger) return Number(text)
    const value = negative ? -BigInt(digits) : BigInt(digits)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }

  #pair(): [EdnValue, EdnValue] {
    const key = this.value()
    if (!this.#take(":")) this.#fail("a key without a value")
    return [key, this.value()]
  }

  /** Items with commas between them, and one after the last if its author likes. */
  #list<T>(close: string, item: () => T): T[] {
    const items: T[] = []
    while (!this.#take(close)) {
      items.push(item())
      if (!this.#take(",")) {
        if (!this.#take(close)) this.#fail(`no ${close}`)
        break
      }
    }
    return items
  }

  #quoted(quote: string): string {
    let text = ""
    for (;;) {
      const character = this.#source[this.#at++]
      if (character === undefined) return this.#fail("a string without its end")
      if (character === quote) return text
      if (character !== "\\") text += character
      else {
        const escaped = this.#source[this.#at++] ?? ""
        if (escaped !== "u") text += ESCAPES[escaped] ?? escaped
        else {
          const digits = this.#match(/[0-9a-fA-F]{4}/y, false) ?? this.#fail("a short \\u")
          text += String.fromCharCode(Number.parseInt(digits, 16))
        }
      }
    }
  }

  /** Digits up to the closing quote; spaces and comments may stand between them. */
  #digits(): string {
    let digits = ""
    for (;;) {
      if (this.#take("'")) return digits
      digits += this.#match(/[^\s'#/]+/y) ?? this.#fail("bytes without their end")
    }
  }

  #hex(): Uint8Array {
    const digits = this.#digits()
    if (!/^([0-9a-fA-F]{2})*$/.test(digits)) this.#fail("bytes that are not hexadecimal")
    return fromHex(digits)
  }

  #base64(): Uint8Array {
    const text = this.#match(/[^']*/y) ?? ""
    this.#take("'")
    return new Uint8Array(Buffer.from(text, "base64"))
  }

  #take(token: string): boolean {
    this.#space()
    if (!this.#source.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  #match(pattern: RegExp, afterSpace = true): string | null {
    if (afterSpace) this.#space()
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)
    if (found === null) return null
    this.#at = pattern.lastIndex
    return found[0]
  }

  /** Blanks and comments: # and // to the end of the line, and between slashes. */
  #space(): void {
    const blank = /(\s+|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/|\/[^/]*\/)*/y
    blank.lastIndex = this.#at
    blank.exec(this.#source)
    this.#at = blank.lastIndex
  }

  #fail(what: string): never {
    throw new SyntaxError(`line ${this.#source.slice(0, this.#at).split("\n").length}: ${what}`)
  }
}
