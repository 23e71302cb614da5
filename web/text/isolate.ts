/**
 * A name or a time inside of a sentence can be written the other way: without a fence it would turn the words around it. Each
 * string that is handed to a text is fenced in here, so that no translation has to think of it.
 */
const FENCE = "\u2068"
const FENCE_END = "\u2069"
/** Letters that are written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1eeff}]/u

/** Signs that turn, fence or end a fence: in what others have written, one could reach out of its place. A whole fence, as of a text in a text, cannot. */
const CONTROLS = /(\u2068[^\u202a-\u202e\u2066-\u2069]*\u2069)|[\u202a-\u202e\u2066-\u2069]/g

/** In a language from left to right only what needs it is fenced in; in the other, anything may be Latin or digits. */
export function isolate(part: string, direction: "ltr" | "rtl"): string {
  const plain = part.replace(CONTROLS, "$1")
  return plain !== "" && (direction === "rtl" || RIGHT_TO_LEFT.test(plain)) ? `${FENCE}${plain}${FENCE_END}` : plain
}

/** The same texts, whose functions fence in every string they are given. Each section is made when it is first read: most are not needed to show something. */
export function isolating<Texts extends { readonly direction: "ltr" | "rtl" }>(texts: Texts): Texts {
  const wrap = (value: unknown): unknown => {
    if (typeof value === "function") return (...parts: unknown[]) => Reflect.apply(value, null, parts.map((part) => (typeof part === "string" ? isolate(part, texts.direction) : part)))
    if (Array.isArray(value)) return value.map(wrap)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, wrap(inner)]))
  }
  const made = {}
  for (const [key, section] of Object.entries(texts)) {
    const read = (): unknown => {
      const value = wrap(section)
      Object.defineProperty(made, key, { value, enumerable: true })
      return value
    }
    Object.defineProperty(made, key, { get: read, enumerable: true, configurable: true })
  }
  return made as Texts
}
