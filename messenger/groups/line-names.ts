import type { LineView } from "./group-view.ts"

/** A line that this user is asked something by: it is counted as a message is. */
export const asksUser = (line: LineView): boolean => line.kind === "invited" || (line.kind === "introduction" && (line.step === "offered" || line.step === "wanted"))

/** A line with the names that this user knows people by: what is stored is what they were called in the group. */
export function asKnown(line: LineView, nameOf: (member: string | null, name: string) => string): LineView {
  return {
    ...line,
    ...("whoName" in line && { whoName: nameOf(line.who, line.whoName) }),
    ...("byName" in line && { byName: nameOf(line.by, line.byName) }),
  }
}
