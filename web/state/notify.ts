/**
 * Notifications of this device, by the app itself: none comes from a server. What they say leaves the app, so that by default, and behind a
 * locked door always, they say only that something came. Tags are random: the browser keeps them on the disk, in the clear.
 */
import { shallowRef, watch } from "vue"
import { conversationRows, isBlocked, rowName } from "./lists.ts"
import type { Row } from "./lists.ts"
import { authorOf, isGroup } from "./names.ts"
import { go } from "./route.ts"
import { spoken } from "./saying.ts"
import { state } from "./state.ts"
import { onWorkerMessage } from "./update.ts"
import { t } from "../text/text.ts"

export const MODES = ["none", "that", "name", "text"] as const
export type NotifyMode = (typeof MODES)[number]

const KEY = "notify"
const TEXT_SHOWN = 200

export const canNotify = "Notification" in globalThis && "serviceWorker" in navigator
export const notifyMode = shallowRef<NotifyMode>(MODES.find((one) => one === localStorage.getItem(KEY)) ?? "none")

/** False where the browser does not allow it. It is asked only now. */
export async function chooseNotify(mode: NotifyMode): Promise<boolean> {
  if (mode !== "none" && (await Notification.requestPermission()) !== "granted") return false
  notifyMode.value = mode
  if (mode === "none") localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, mode)
  if (mode !== "text") await close(() => true)
  return true
}

/** Tag by conversation, and the other way round. In memory only. */
const tags = new Map<string, string>()
/** Where nothing is told apart there is one notification, for whatever came last. */
const anybody = crypto.randomUUID()
let lastOf: string | null = null

function tagOf(conversation: string): string {
  if (notifyMode.value === "that") return anybody
  const tag = tags.get(conversation) ?? crypto.randomUUID()
  tags.set(conversation, tag)
  return tag
}

const conversationOf = (tag: string): string | null => (tag === anybody ? lastOf : ([...tags].find(([, one]) => one === tag)?.[0] ?? null))

async function close(which: (tag: string) => boolean): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  for (const notification of (await registration?.getNotifications()) ?? []) if (which(notification.tag)) notification.close()
}

const icon = "/icon-192.png"

/** Of several people the one who wrote it is named. */
function bodyOf({ conversation }: Row): string {
  const last = conversation?.last
  const text = (last ? spoken(last) : "").slice(0, TEXT_SHOWN)
  return last && isGroup(conversation) && text !== "" ? t.value.groups.saying(authorOf(last), text) : text
}

async function show(row: Row): Promise<void> {
  const { id } = row
  const registration = await navigator.serviceWorker?.getRegistration()
  if (registration === undefined || Notification.permission !== "granted") return
  // Meanwhile the door may have been shut, or the message read.
  if (state.engine.status !== "running" || !state.conversations.get(id)?.unread) return
  const message = t.value.notify.message
  const tag = tagOf(id)
  lastOf = id
  if (notifyMode.value === "that") await registration.showNotification(message, { tag, icon })
  else await registration.showNotification(rowName(row), { tag, icon, body: notifyMode.value === "text" ? bodyOf(row) : message })
  // The door may have been shut while it was put up.
  if (state.engine.status !== "running") await close(() => true)
}

/** Behind the locked door: as little is said as can be, whatever was chosen for an open one. */
async function showArrival(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  if (registration === undefined || Notification.permission !== "granted" || state.engine.status !== "locked") return
  lastOf = null
  await registration.showNotification(t.value.notify.message, { tag: anybody, icon })
  if (state.engine.status !== "locked") await close(() => true)
}

const unreadOf = (row: Row): number => (isBlocked(row) ? 0 : (row.conversation?.unread ?? 0))
/** Position of the latest message that names this user and is not read. */
const namedOf = ({ conversation }: Row): number => conversation?.named ?? 0
/** In a muted group whoever is named is told all the same, unless they want quiet from that, too. `before`: the message that has named them before. */
const isTold = (row: Row, before: number): boolean => row.conversation?.group?.muted !== true || (!row.conversation.group.mentionsMuted && namedOf(row) > before)

export function startNotifying(): void {
  if (!canNotify) return
  let before: Map<string, { readonly count: number; readonly named: number }> | null = null
  let isOurTurn = false
  watch([() => state.engine.status, conversationRows], ([status, rows]) => {
    const wasOurTurn = isOurTurn
    isOurTurn = status === "running" || status === "locked"
    // Those of a session before lead nowhere. While it is another tab's turn they are that one's.
    if (isOurTurn && !wasOurTurn) void close(() => true)
    if (status !== "running") {
      if (before !== null) void close(() => true)
      tags.clear()
      before = null
      return
    }
    const counts = new Map(rows.map((row) => [row.id, { count: unreadOf(row), named: namedOf(row) }]))
    for (const row of before === null ? [] : rows) {
      const { count: was, named } = before!.get(row.id) ?? { count: 0, named: 0 }
      const is = counts.get(row.id)!.count
      if (is > was && document.hidden && notifyMode.value !== "none" && row.conversation?.last?.own === false && isTold(row, named)) void show(row)
      else if (is === 0 && was > 0) void close((tag) => conversationOf(tag) === row.id)
    }
    before = counts
  })
  watch(
    () => state.arrivals,
    () => void (document.hidden && notifyMode.value !== "none" && showArrival()),
  )
  watch(
    () => state.engine.status === "locked",
    (locked) => void (!locked && close(() => true)),
  )
  onWorkerMessage((message) => {
    if (message.type !== "notified") return
    const id = conversationOf(message.tag)
    if (id !== null && state.conversations.has(id)) go({ page: "conversation", id, message: null })
  })
}
