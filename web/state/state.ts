/**
 * What the app shows. `apply` is the one writer; everything else reads. What the messenger says is kept as it came:
 * views are whole and immutable, so a later one replaces an earlier one.
 */
import { shallowReactive } from "vue"
import type { ContactView, ConversationView, MessageView, MessengerEvent, MessengerView, ProfileView } from "../../messenger/api.ts"
import type { NetworkView } from "../../messenger/network-view.ts"
import type { QuarantineView } from "../../messenger/quarantine.ts"
import type { EngineStatus } from "../engine/protocol.ts"

/** The part of a conversation that is on the screen: the latest messages, as far back as was asked for, without gaps. */
export interface Thread {
  readonly messages: readonly MessageView[]
  /** Older ones are in the store. */
  readonly more: boolean
  /** False until the first page is there. */
  readonly loaded: boolean
}

interface State {
  engine: EngineStatus
  /** A mistake of ours that did not stop the engine. */
  trouble: string | null
  profile: ProfileView | null
  network: NetworkView | null
  contacts: Map<string, ContactView>
  conversations: Map<string, ConversationView>
  threads: Map<string, Thread>
  quarantine: Map<string, QuarantineView>
}

export type AppEvent =
  | MessengerEvent
  | { readonly type: "engine"; readonly status: EngineStatus }
  /** The door is shut: nothing of before stays. */
  | { readonly type: "closed" }
  | { readonly type: "trouble"; readonly detail: string | null }
  | { readonly type: "view"; readonly view: MessengerView }
  | { readonly type: "thread-opened"; readonly conversation: string }
  | { readonly type: "page"; readonly conversation: string; readonly messages: readonly MessageView[]; readonly more: boolean }
  | { readonly type: "thread-closed"; readonly conversation: string }

const own: State = shallowReactive({
  engine: { status: "starting" },
  trouble: null,
  profile: null,
  network: null,
  contacts: shallowReactive(new Map()),
  conversations: shallowReactive(new Map()),
  threads: shallowReactive(new Map()),
  quarantine: shallowReactive(new Map()),
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
      own.quarantine.clear()
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
    case "message":
      change(event.message.conversation, (thread) => arrive(thread, event.message))
      break
    case "quarantine":
      own.quarantine.set(event.line.id, event.line)
      break
    case "quarantine-cleared":
      for (const [id, { contact }] of own.quarantine) if (event.contact === null || contact === event.contact) own.quarantine.delete(id)
      break
    case "thread-opened":
      own.threads.set(event.conversation, { messages: [], more: true, loaded: false })
      break
    case "page":
      change(event.conversation, (thread) => join(thread, event.messages, event.more))
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

/** A message that is new or changed. One that is older than what is shown has its time when its page is fetched. */
function arrive(thread: Thread, message: MessageView): Thread {
  const { messages, more, loaded } = thread
  const first = messages[0]
  const before = loaded && more && first !== undefined && message.position < first.position
  return before ? thread : { ...thread, messages: place(messages, message) }
}

/** A page and what is there already; what came by event while the page was fetched is newer than the page. */
function join({ messages }: Thread, page: readonly MessageView[], more: boolean): Thread {
  const there = new Set(messages.map(({ id }) => id))
  const first = page[0]?.position ?? -Infinity
  const all = [...page.filter(({ id }) => !there.has(id)), ...(more ? messages.filter(({ position }) => position >= first) : messages)]
  return { messages: all.sort((a, b) => a.position - b.position), more, loaded: true }
}

/** The message in its place by position; one that is already there is replaced. Almost always it is the last or near it. */
function place(messages: readonly MessageView[], message: MessageView): MessageView[] {
  const at = messages.findLastIndex(({ id }) => id === message.id)
  if (at >= 0 && messages[at]?.position === message.position) return messages.with(at, message)
  const others = at >= 0 ? messages.toSpliced(at, 1) : messages
  const before = others.findLastIndex(({ position }) => position <= message.position)
  return others.toSpliced(before + 1, 0, message)
}
