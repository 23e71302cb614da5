import type { IntroductionState } from "./introduction-view.ts"

interface StoredAny {
  readonly id: Uint8Array
  readonly state: IntroductionState
  readonly at: number
}

/** This user introduces two contacts, or is asked to. A record of its own, as the other kind is. */
export interface StoredIntroducing extends StoredAny {
  readonly kind: "introducing"
  /** Contacts; the first makes a contact code. */
  readonly people: readonly [string, string]
  /** Whoever asked for it: the first. */
  readonly isAsked: boolean
  /** What each has said yes with. */
  readonly agreed: readonly [Uint8Array | null, Uint8Array | null]
}

/** This user is introduced, or wants to be. */
export interface StoredIntroduced extends StoredAny {
  readonly kind: "introduced"
  readonly by: string
  readonly name: string
  /** Null until the offer has come. */
  readonly offer: { readonly isHost: boolean; readonly mark: Uint8Array } | null
  /** Who comes of it. */
  readonly contact: string | null
  /** The identity key of whom this user has asked to be introduced to. */
  readonly wanted?: Uint8Array
  /** The code's hash is on its way to the one who introduces. */
  readonly isTold: boolean
}

export type StoredIntroduction = StoredIntroducing | StoredIntroduced
