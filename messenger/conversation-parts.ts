import type { Random } from "../shared/random.ts"
import type { Verdict } from "./allow.ts"
import type { Changes } from "./changes.ts"
import type { Close } from "./close.ts"
import type { Talk } from "./conversations.ts"
import type { Standing } from "./identities.ts"
import type { GroupHooks } from "./groups/hooks.ts"
import type { Messages } from "./messages.ts"
import type { Mls } from "./mls/mls.ts"
import type { Places } from "./places.ts"
import type { Store } from "./ports.ts"
import type { Quarantine } from "./quarantine.ts"
import type { StoredAttachment } from "./attachments/stored-attachment.ts"
import type { StoredContact, StoredMessage } from "./stored.ts"
import type { StoredReader } from "./stored-conversation.ts"
import type { Watches } from "./watches.ts"
import type { Writes } from "./writes.ts"

/** What becomes of the files that messages bring. */
export interface AttachmentDoor {
  /** One was named, or its author says where it lies now; `wasAsked`: this user wants it. */
  readonly came: (talk: Talk, message: StoredMessage, wasAsked: boolean) => Promise<void>
  /** Somebody asks for an own one again. */
  readonly asked: (talk: Talk, message: StoredMessage) => Promise<void>
  /** The message that named it is gone. */
  readonly erase: (attachment: StoredAttachment) => void
}

/** What conversations are handed. */
export interface ConversationParts {
  readonly store: Store
  readonly changes: Changes
  readonly random: Random
  readonly mls: Mls
  readonly messages: Messages
  readonly watches: Watches
  readonly writes: Writes
  readonly places: Places
  readonly attachments: AttachmentDoor
  /** What is not let in is counted here. */
  readonly quarantine: Quarantine
  readonly now: () => number
  /** The hash of the directory in use, and its epoch: they travel with every message. */
  readonly directory: () => { hash: Uint8Array; epoch: number } | null
  /** The allow-list. */
  readonly door: (conversation: string) => Verdict
  /** A message said which directory its sender uses. */
  readonly said: (talk: Talk, epoch: number, prefix: Uint8Array) => void
  /** A stream goes on in an epoch that is not known here. */
  readonly behind: (talk: Talk) => void
  /** Something shows that this state is a copy of one that goes on elsewhere. */
  readonly copied: (talk: Talk) => Promise<void>
  /** Somebody went on in another epoch of the same number. */
  readonly forked: (talk: Talk, reader: StoredReader, close: Close) => void
  /** Somebody says by which commit they have ended an epoch. Throws WireError. */
  readonly told: (talk: Talk, reader: StoredReader, bytes: Uint8Array) => void
  /** The other side has written something that opens: it has let us in. */
  readonly heard: (conversation: string) => void
  /** These are the other members from now on. */
  readonly joined: (conversation: string, others: readonly Standing[]) => void
  readonly groups: GroupHooks
  /** Whether anything may be written there now. */
  readonly mayWrite: (talk: Talk) => boolean
  /** Why nothing that this device says is looked at; null where it is. */
  readonly shut: (talk: Talk, reader: StoredReader) => "blocked" | "revoked" | null
  /** The other side says that it has another identity key. Throws WireError. */
  readonly stated: (conversation: string, statement: Uint8Array) => void
  readonly contact: (conversation: string) => StoredContact | undefined
  readonly own: () => Uint8Array
  readonly device: () => Uint8Array
}
