/** What an XML text is made of, in its order. */
export type XmlToken =
  | { readonly type: "open" | "close"; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly type: "text"; readonly text: string }

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }
const NONE: ReadonlyMap<string, string> = new Map()
const TAG = /^<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/

/**
 * Reads what feeds consist of: elements, attributes, text, CDATA; comments and instructions are passed over. No document types, hence
 * no entities but the five of XML and numbers. Throws a SyntaxError on anything else.
 */
export function* xmlTokens(source: string): Generator<XmlToken> {
  for (let at = 0; at < source.length; ) {
    if (source[at] !== "<") {
      const end = source.indexOf("<", at)
      const text = source.slice(at, end < 0 ? source.length : end)
      yield { type: "text", text: unescaped(text) }
      at += text.length
      continue
    }
    const special = [["<!--", "-->"], ["<![CDATA[", "]]>"], ["<?", "?>"]].find(([begin]) => source.startsWith(begin!, at))
    if (special !== undefined) {
      const [begin, end] = special as [string, string]
      const until = source.indexOf(end, at + begin.length)
      if (until < 0) throw new SyntaxError("XML that does not end")
      if (begin === "<![CDATA[") yield { type: "text", text: source.slice(at + begin.length, until) }
      at = until + end.length
      continue
    }
    // A tag ends at the next ">", or after one in an attribute: no part of the text is looked at twice for long.
    const tag = TAG.exec(source.slice(at, at + 10_000))
    if (tag === null) throw new SyntaxError("not the XML of a feed")
    const [whole, slash, name, attributes, empty] = tag as unknown as [string, string, string, string, string]
    if (slash === "") yield { type: "open", name, attributes: attributesOf(attributes) }
    if (slash !== "" || empty !== "") yield { type: "close", name, attributes: NONE }
    at += whole.length
  }
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, double, single]) => [name!, unescaped(double ?? single ?? "")]))
}

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole
    const point = decimal !== undefined ? Number(decimal) : Number.parseInt(hex!, 16)
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : ""
  })
}
