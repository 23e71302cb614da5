import { xmlTokens } from "./xml.ts"

export interface FeedEntry {
  readonly title: string
  /** http or https, or null where it has none. */
  readonly link: string | null
}

const TITLE_MAX = 300
const LINK_MAX = 1000

/** The entries of an Atom or RSS feed in its order, mostly the newest first. Throws a SyntaxError where it is neither. */
export function parseFeed(source: string): FeedEntry[] {
  const entries: FeedEntry[] = []
  const open: string[] = []
  let title = ""
  let link: string | null = null
  for (const token of xmlTokens(source.trim())) {
    const [inner, outer] = [open.at(-1), open.at(-2)]
    if (token.type === "text") {
      if (outer !== "item" && outer !== "entry") continue
      if (inner === "title") title += token.text
      if (inner === "link") link ??= webLink(token.text)
    } else if (token.type === "open") {
      open.push(token.name)
      if (open.length > 50) throw new SyntaxError("a feed is not that deep")
      if (token.name === "entry" || token.name === "item") [title, link] = ["", null]
      if (token.name === "link" && inner === "entry" && (token.attributes.get("rel") ?? "alternate") === "alternate") link ??= webLink(token.attributes.get("href") ?? "")
    } else {
      if (open.pop() !== token.name) throw new SyntaxError("a feed whose elements overlap")
      if (token.name === "entry" || token.name === "item") entries.push({ title: plain(title), link })
    }
  }
  if (open.length > 0 || !/<(rss|feed|rdf:RDF)[\s>]/.test(source)) throw new SyntaxError("not a feed")
  return entries.filter((entry) => entry.title !== "" || entry.link !== null)
}

/** One line of text: titles hold markup in many feeds. */
function plain(title: string): string {
  const text = title.replace(/<[^<>]*>/g, "").replace(/[\s\p{Cc}]+/gu, " ").trim()
  return text.length > TITLE_MAX ? `${text.slice(0, TITLE_MAX - 1)}…` : text
}

function webLink(text: string): string | null {
  const url = URL.parse(text.trim())
  return url !== null && /^https?:$/.test(url.protocol) && url.href.length <= LINK_MAX ? url.href : null
}
