/**
 * - offered: the contact `by` would like to introduce this user to somebody, if both want that
 * - wanted: the contact `by` asks this user to introduce them to another contact, `to`
 * - open: this user has agreed, asked or introduced, and others have yet to agree
 * - made: both have agreed: they become contacts of each other by themselves
 * - ended: somebody did not want it, or nobody who was asked can introduce them
 */
export type IntroductionState = "offered" | "wanted" | "open" | "made" | "ended"

/** Two people who are to become contacts by somebody whom both have as a contact. */
export interface IntroductionView {
  readonly id: string
  readonly state: IntroductionState
  /** The contact who introduces this user, or asks this user to introduce them; null where this user introduces two others. */
  readonly by: string | null
  /** Contacts of this user who are to know each other, where this user introduces. */
  readonly people: readonly string[]
  /** Whom this user is to know, as the one who introduces calls them; else what `people` are called, with a comma between. */
  readonly name: string
  /** The contact that has come of it; null before, and where this user introduces. */
  readonly contact: string | null
  readonly at: number
}
