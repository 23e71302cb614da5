import { utf8 } from "../shared/text.ts"

/** In bytes of UTF-8. */
export const NAME_MAX = 64

/** Control characters, line breaks, and what takes room and shows nothing. */
const BLANK = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u17B4\u17B5\u2800\u3164\uFFA0]/gu
/**
 * Invisible: marks that turn the order of the text around a name, and such that make two names look alike. Not the joiners, and not the
 * tags behind a black flag, which spell Scotland's.
 */
const HIDDEN = /(?!\u200C|\u200D|(?<=\u{1F3F4}[\u{E0020}-\u{E007E}]{0,8})[\u{E0020}-\u{E007F}])\p{Cf}|\u034F/gu
/** Joiners, which Persian, Indian scripts and emoji need, where they join nothing. */
const LOOSE = /(?<![^\p{C}\p{Z}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\u200C\u200D]|[\u200C\u200D](?![^\p{C}\p{Z}\p{M}])/gu
/** Variants of letters that have none. */
const VARIANT = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]+/gu
/** More marks on one letter than any language has, which reach into the lines around it. */
const PILED = /(?<=\p{M}{4})\p{M}+/gu
const VISIBLE = /[^\p{C}\p{Z}\p{M}]/u

/** A text without what no name may have: nothing in it is invisible, or breaks the lines or the order of what stands around it. */
export function plainName(text: string): string {
  return text.replace(BLANK, " ").replace(HIDDEN, "").replace(LOOSE, "").replace(VARIANT, "").replace(PILED, "")
}

/** Whether there is something to see in it. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text)
}

/** Whether a text can be a person's name, one's own or another's: 1 to 64 bytes of UTF-8, plain as above, no space at its ends. */
export function isName(name: string): boolean {
  return utf8(name).length <= NAME_MAX && name === name.trim() && isVisible(name) && plainName(name) === name
}
