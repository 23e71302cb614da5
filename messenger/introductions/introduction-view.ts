/**
 * - offered: the contact `by` would like to introduce this user to somebody, if both want that
 * - wanted: the contact `by` asks this user to introduce them to another contact, `to`
 * - open: this user has agreed, asked or introduced, and others have yet to agree
 * - made: both have agreed: they become contacts of each other by themselves
 * - ended: somebody did not want it or has not answered for 30 days, or nobody who was asked can introduce them
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
  /** Whom this user is to know, by the name that they go by, as the one who introduces says; else what `people` are called, with a comma between. */
  readonly name: string
  /** The contact that has come of it, or in state offered, who they are already; else null. */
  readonly contact: string | null
  /** Whom this user has asked to be introduced to: what groups call them. */
  readonly member: string | null
  readonly at: number
}
