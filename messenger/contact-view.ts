/**
 * How sure one can be that a contact is who they say: met in person, safety numbers compared, introduced by another contact, or
 * known by a code that came on some way. `changed`: their identity key is another than before, and the new safety number was not compared;
 * that is never chosen, and ends with another choice.
 */
export type Trust = "met" | "compared" | "introduced" | "link" | "changed"

/**
 * The inviter's side goes publishing, waiting, ask, ready; the guest's side reading, answering, answered, ready.
 * - publishing: the bundle is on its way to its dropbox; the code is not yet to be given away
 * - waiting: the code can be used; nobody has answered
 * - ask: somebody answered; they are let in with the command `accept`
 * - reading: the bundle behind an entered code is being fetched
 * - answering: our answer is on its way
 * - answered: our answer is stored; messages can be written, they are read once we are let in
 * - ready: both sides have each other
 * - failed: see `problem`
 */
export type ContactState = "publishing" | "waiting" | "ask" | "reading" | "answering" | "answered" | "ready" | "failed"

/**
 * Why a contact could not be made: somebody else answered the code first; nothing lies under it (any more); what lies there is not
 * what the code was made for; its certificate or code is too old; it is not valid yet, so that one of the two clocks is wrong.
 */
export type ContactProblem = "used" | "not-found" | "not-genuine" | "expired" | "clock"

/** Another identity key was found in the place of a contact's. Until it is accepted nothing is sent, and nothing of them is read. */
export interface IdentityChange {
  /** As it would be with the new key; `safetyNumber` of the contact is still that with the key before. */
  readonly safetyNumber: string
  /** They said it themselves, signed with the key before: whoever has that key could. */
  readonly signed: boolean
  readonly at: number
}

/** Somebody whom a code was made for or entered from. */
export interface ContactView {
  readonly id: string
  /** The name that only this user sees; at first the one given with the code or chosen by the other side. */
  readonly name: string
  /** The name that the other side chose for itself, once known. */
  readonly theirName: string | null
  readonly state: ContactState
  /** In state failed. */
  readonly problem: ContactProblem | null
  readonly trust: Trust
  /** The contact code, while there is one to give away (state waiting). */
  readonly code: string | null
  /** 60 digits in 12 groups of five, once both identity keys are known. */
  readonly safetyNumber: string | null
  /** What comes from them is dropped unseen, and they are not told. */
  readonly blocked: boolean
  readonly identityChange: IdentityChange | null
  /** They and this device were shown different directories of the same epoch: which epoch, and when that was found out. */
  readonly otherDirectory: { readonly epoch: number; readonly at: number } | null
  /** By which messages, lines and members of groups name them: the same on every device. Null until their identity key is known. */
  readonly member: string | null
  /** They have sent what it takes to let them into a group at once. Else an invitation waits until they have, and then goes by itself. */
  readonly invitable: boolean
  readonly created: number
  /** When the state is expected to change at the latest in a well network; null where it depends on a person. */
  readonly expected: number | null
}
