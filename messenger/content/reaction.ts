import { utf8 } from "../../shared/text.ts"
import { REACTION_MAX } from "./limits.ts"

/** A short word or sign: no spaces, no controls, and nothing that turns the text around it. */
export function isReaction(text: string): boolean {
  return text !== "" && utf8(text).length <= REACTION_MAX && !/[\s\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text)
}
