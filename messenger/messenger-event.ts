import type { ProfileView } from "./api.ts"
import type { ContactView } from "./contact-view.ts"
import type { ConversationView } from "./conversation-view.ts"
import type { IntroductionView } from "./introductions/introduction-view.ts"
import type { MessageView } from "./message-view.ts"
import type { MessengerStatus } from "./messenger-status.ts"
import type { NetworkView } from "./network-view.ts"
import type { QuarantineView } from "./quarantine.ts"

/**
 * What has changed, each with the whole new view of it. Shown means stored: an event leaves after the transaction that made it
 * true, and events come in the order of their transactions. A program that was not there for an event has missed nothing that
 * `view`, `messages` and `unread` would not tell it.
 */
export type MessengerEvent =
  /** The profile was made, or its name or speed changed. */
  | { readonly type: "profile"; readonly profile: ProfileView }
  /** A contact is new, or anything of it changed. */
  | { readonly type: "contact"; readonly contact: ContactView }
  /** A contact was removed, and its conversation with it. */
  | { readonly type: "contact-removed"; readonly contact: string }
  /** A conversation is new, or its last message or the number of unread ones changed. */
  | { readonly type: "conversation"; readonly conversation: ConversationView }
  /** A group was taken away from this device. */
  | { readonly type: "conversation-removed"; readonly conversation: string }
  /** An introduction is new, or its state has changed. */
  | { readonly type: "introduction"; readonly introduction: IntroductionView }
  /** A message was written or came, its state changed, or something was done to it. Quotes of it that are in sight follow from it. */
  | { readonly type: "message"; readonly message: MessageView }
  /** A message was deleted on this device, or has disappeared. */
  | { readonly type: "message-deleted"; readonly conversation: string; readonly message: string; readonly position: number }
  /** Something was kept out; the line for its reason is new, or counts one more. */
  | { readonly type: "quarantine"; readonly line: QuarantineView }
  /** The lines of one contact were forgotten, or (null) those of all. */
  | { readonly type: "quarantine-cleared"; readonly contact: string | null }
  /** The connection, the nodes or the counts changed; at most about once for each packet. */
  | { readonly type: "network"; readonly network: NetworkView }
  /** Told behind a locked door only: a message came from somebody who may write. Nothing else of it is said. */
  | { readonly type: "arrival" }
  /** The messenger was started, locked, unlocked or stopped, or has halted. Told behind a locked door, too. */
  | { readonly type: "status"; readonly status: MessengerStatus }
