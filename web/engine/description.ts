/** What /network.json says, and when it speaks of another network. */
import * as v from "valibot"
import type { NetworkDescription } from "../../messenger/ports.ts"

const httpUrl = v.pipe(v.string(), v.url(), v.regex(/^https?:/))

const Description = v.object({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  authorities: v.pipe(v.array(v.object({ key: v.pipe(v.string(), v.minLength(1), v.maxLength(200)), url: httpUrl })), v.minLength(1), v.maxLength(64)),
  threshold: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
  directories: v.pipe(v.array(httpUrl), v.minLength(1), v.maxLength(64)),
  /** Path at the app's own origin that hands out one-time codes of the echo bot. */
  echo: v.optional(v.pipe(v.string(), v.regex(/^\/(?!\/)/), v.maxLength(200))),
})

export interface AppNetwork extends NetworkDescription {
  readonly echo?: string | undefined
}

/** Null where it is anything but a description of a network. */
export function parseDescription(json: string): AppNetwork | null {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return null
  }
  const result = v.safeParse(Description, value)
  return result.success && result.output.threshold <= result.output.authorities.length ? result.output : null
}

/** A network is its authorities' keys and its threshold; names and URLs may change. */
export const sameNetwork = (a: NetworkDescription, b: NetworkDescription): boolean => identity(a) === identity(b)
const identity = ({ authorities, threshold }: NetworkDescription) => JSON.stringify([threshold, authorities.map(({ key }) => key).sort()])
