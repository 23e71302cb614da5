/** Numbers, sizes, lists and plurals as a language writes them: Intl does it, this hands it the right language and region. */

/** Texts are of one language, but the user's own region decides 14:05 or 2:05 pm, and which digits are written. */
export function locale(tag: string): string {
  const wanted = globalThis.navigator?.languages ?? []
  return wanted.find((language) => language === tag || language.startsWith(`${tag}-`)) ?? tag
}

export interface Formats<Form extends Intl.LDMLPluralRule> {
  number(n: number): string
  /** Sizes as disks are sold: 1 kB is 1,000 bytes. */
  bytes(n: number): string
  list(items: readonly string[]): string
  /** The form that the number asks for; `#` stands for the number. */
  count(n: number, forms: Readonly<Record<Form, string>>): string
}

/** `Form`: the plurals that the language has. A text that counts gives all of them. */
export function formats<Form extends Intl.LDMLPluralRule>(tag: string): Formats<Form> {
  const local = locale(tag)
  const rules = once(() => new Intl.PluralRules(local))
  const numbers = once(() => new Intl.NumberFormat(local))
  const lists = once(() => new Intl.ListFormat(local))
  return {
    number: (n) => numbers().format(n),
    bytes: (n) => bytes(local, n),
    list: (items) => lists().format(items),
    count: (n, forms) => forms[rules().select(n) as Form].replace("#", numbers().format(n)),
  }
}

/** Made when it is first needed: they take long to make, all the more before the first picture. */
function once<T>(make: () => T): () => T {
  let made: T | null = null
  return () => (made ??= make())
}

function bytes(local: string, n: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const
  const step = Math.min(Math.floor(Math.log10(Math.max(n, 1)) / 3), units.length - 1)
  const value = n / 1000 ** step
  const unitDisplay = step === 0 ? "long" : "short"
  return value.toLocaleString(local, { style: "unit", unit: units[step]!, unitDisplay, maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 })
}
