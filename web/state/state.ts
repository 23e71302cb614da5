/**
 * What the app shows. `apply` is the one writer; everything else reads. What the messenger says is kept as it came:
 * views are whole and immutable, so a later one replaces an earlier one.
 */
import { shallowReactive } from "vue"
import type { ContactView, ConversationView, IntroductionView, MemberView, MessengerEvent, MessengerView, ProfileView } from "../../messenger/api.ts"
import type { NetworkView } from "../../messenger/network-view.ts"
import type { QuarantineView } from "../../messenger/quarantine.ts"
import type { EngineStatus } from "../engine/protocol.ts"
import { arrive, join, leave } from "./thread-window.ts"
import type { Page, Thread } from "./thread-window.ts"

interface State {
  engine: EngineStatus
  /** A mistake of ours that did not stop the engine. */
  trouble: string | null
  profile: ProfileView | null
  network: NetworkView | null
  contacts: Map<string, ContactView>
  conversations: Map<string, ConversationView>
  threads: Map<string, Thread>
  /** Who is in a group, of those that have been looked at. */
  members: Map<string, readonly MemberView[]>
  quarantine: Map<string, QuarantineView>
  introductions: Map<string, IntroductionView>
  /** How often something came while the door was shut. */
  arrivals: number
}

export type AppEvent =
  | MessengerEvent
  | { readonly type: "engine"; readonly status: EngineStatus }
  /** The door is shut: nothing of before stays. */
  | { readonly type: "closed" }
  | { readonly type: "trouble"; readonly detail: string | null }
  | { readonly type: "view"; readonly view: MessengerView }
  | { readonly type: "thread-opened"; readonly conversation: string }
  | { readonly type: "page"; readonly conversation: string; readonly page: Page }
  | { readonly type: "thread-closed"; readonly conversation: string }
  | { readonly type: "members"; readonly conversation: string; readonly members: readonly MemberView[] }

const own: State = shallowReactive({
  engine: { status: "starting" },
  trouble: null,
  profile: null,
  network: null,
  contacts: shallowReactive(new Map()),
  conversations: shallowReactive(new Map()),
  threads: shallowReactive(new Map()),
  members: shallowReactive(new Map()),
  quarantine: shallowReactive(new Map()),
  introductions: shallowReactive(new Map()),
  arrivals: 0,
})

type Reading<T> = { readonly [Key in keyof T]: T[Key] extends Map<infer K, infer V> ? ReadonlyMap<K, V> : T[Key] }
export const state: Reading<State> = own

export function apply(event: AppEvent): void {
  switch (event.type) {
    case "engine":
      own.engine = event.status
      break
    case "closed":
      own.profile = own.network = null
      own.contacts.clear()
      own.conversations.clear()
      own.threads.clear()
      own.members.clear()
      own.quarantine.clear()
      own.introductions.clear()
      break
    case "trouble":
      own.trouble = event.detail
      break
    case "view":
      own.profile = event.view.profile
      own.network = event.view.network
      replace(own.contacts, event.view.contacts)
      replace(own.conversations, event.view.conversations)
      replace(own.quarantine, event.view.quarantine)
      replace(own.introductions, event.view.introductions)
      own.threads.clear()
      break
    case "profile":
      own.profile = event.profile
      break
    case "network":
      own.network = event.network
      break
    case "contact":
      own.contacts.set(event.contact.id, event.contact)
      break
    case "contact-removed":
      forget(event.contact)
      break
    case "conversation":
      own.conversations.set(event.conversation.id, event.conversation)
      break
    case "conversation-removed":
      own.conversations.delete(event.conversation)
      own.threads.delete(event.conversation)
      own.members.delete(event.conversation)
      break
    case "introduction":
      own.introductions.set(event.introduction.id, event.introduction)
      break
    case "message":
      change(event.message.conversation, (thread) => arrive(thread, event.message))
      break
    case "message-deleted":
      change(event.conversation, (thread) => leave(thread, event.message))
      break
    case "quarantine":
      own.quarantine.set(event.line.id, event.line)
      break
    case "quarantine-cleared":
      for (const [id, { contact }] of own.quarantine) if (event.contact === null || contact === event.contact) own.quarantine.delete(id)
      break
    case "arrival":
      own.arrivals++
      break
    case "thread-opened":
      own.threads.set(event.conversation, { messages: [], more: true, newer: false, loaded: false })
      break
    case "page":
      change(event.conversation, (thread) => join(thread, event.page))
      break
    case "members":
      own.members.set(event.conversation, event.members)
      break
    case "thread-closed":
      own.threads.delete(event.conversation)
      break
  }
}

function replace<T extends { readonly id: string }>(map: Map<string, T>, entries: readonly T[]): void {
  map.clear()
  for (const entry of entries) map.set(entry.id, entry)
}

/** A thread that is not on the screen is not kept up to date: it is fetched anew when it is opened. */
function change(conversation: string, step: (thread: Thread) => Thread): void {
  const thread = own.threads.get(conversation)
  if (thread) own.threads.set(conversation, step(thread))
}

function forget(contact: string): void {
  own.contacts.delete(contact)
  for (const [id, conversation] of own.conversations)
    if (conversation.contact === contact) {
      own.conversations.delete(id)
      own.threads.delete(id)
    }
}
