/** What the host of a link is called, both ways of writing it, and what about it may mislead. Pure. */
import { toUnicode } from "punycode/punycode.es6.js"

export interface ShownHost {
  /** As it goes over the wire: ASCII only. */
  readonly wire: string
  /** As it is meant to be read; the same where there is nothing to decode. */
  readonly shown: string
  /** The whole address, in ASCII only: nothing in it turns or hides what stands around it. */
  readonly url: string
  /** Letters of different scripts in one part of the name. */
  readonly mixed: boolean
  /** Something before an @ that could be taken for the host. */
  readonly disguised: boolean
  /** Not encrypted on the way. */
  readonly plain: boolean
}

/** Null for what is not an address of the web. */
export function shownHost(link: string): ShownHost | null {
  if (!URL.canParse(link)) return null
  const url = new URL(link)
  if (url.protocol !== "https:" && url.protocol !== "http:") return null
  const shown = decoded(url.hostname)
  return {
    wire: url.host,
    shown: shown + (url.port === "" ? "" : `:${url.port}`),
    url: url.href,
    mixed: shown.split(".").some(isMixed),
    disguised: url.username !== "" || url.password !== "",
    plain: url.protocol === "http:" && !url.hostname.endsWith(".onion"),
  }
}

function decoded(host: string): string {
  try {
    return toUnicode(host)
  } catch {
    return host
  }
}

const SCRIPTS = ["Latin", "Greek", "Cyrillic", "Armenian", "Hebrew", "Arabic", "Devanagari", "Thai", "Georgian", "Hangul", "Hiragana", "Katakana", "Bopomofo", "Han", "Cherokee"] as const
const patterns = SCRIPTS.map((name) => [name, new RegExp(`\\p{Script=${name}}`, "u")] as const)
/** Scripts that are written together: UTS 39, section 5.2, "highly restrictive". */
const TOGETHER: readonly (readonly string[])[] = [["Latin", "Han", "Hiragana", "Katakana"], ["Latin", "Han", "Bopomofo"], ["Latin", "Han", "Hangul"]]

function isMixed(label: string): boolean {
  const found = patterns.filter(([, pattern]) => pattern.test(label)).map(([name]) => name)
  return found.length > 1 && !TOGETHER.some((set) => found.every((name) => set.includes(name)))
}
