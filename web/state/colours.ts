/** Colours of the people in a group: the same for one person in every group and on every day. They only accompany names. */
const COLOURS = 6

export function colourOf(member: string): string {
  let sum = 0
  for (const letter of member) sum = (sum * 31 + letter.charCodeAt(0)) % 65_521
  return `var(--author-${sum % COLOURS})`
}
