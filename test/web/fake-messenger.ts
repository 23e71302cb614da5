/**
 * A messenger of canned data behind the real interface, for work on the app's looks (`vite --mode demo`) and for tests of the page.
 * What the network is called chooses the scene: "Demo welcome", "Demo empty", "Demo offline", "Demo long" (100,000 messages), "Demo files", "Demo groups", or both as "Demo groups files", else a life in full.
 */
import { FILE_LIMITS } from "../../messenger/attachments/limits.ts"
import type { CommandInput, CommandName, CommandOutput, ContactView, ConversationView, MentionView, MessageView, Messenger, MessengerEvent, ProfileView, SendState } from "../../messenger/api.ts"
import type { NetworkView } from "../../messenger/network-view.ts"
import type { MessengerStatus } from "../../messenger/messenger-status.ts"
import type { MessengerParts } from "../../messenger/ports.ts"
import type { QuarantineReason, QuarantineView } from "../../messenger/quarantine.ts"
import { hasWords, soughtWords } from "../../messenger/folded-text.ts"
import { FakeActs } from "./fake-acts.ts"
import { FakeFiles, isOf } from "./fake-files.ts"
import { FakeGroups, fillGroups } from "./fake-groups.ts"
import { FakeIntroductions, fillIntroductions } from "./fake-introductions.ts"
import { fill } from "./fake-life.ts"
import { FakePackets, GATEWAY, journey, NODES } from "./fake-packets.ts"

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

const CODE = "K7QM2XWTNB4VZR6HJ3PYC5DFGA8LSEU9KQ27MXTWB4NVRZ6HP3JYD5CFAG8LUES9"
const OTHER_SAFETY = "30471 95528 11830 66204 78193 05527 61820 44917 03356 87203 59914 20648"
const SAFETY = "30471 95528 11830 66204 78193 05527 49016 23385 91744 60238 17752 84409"

const SAFETY_QR = "AE" + "QWERTYUIOPASDFGHJKLZXCVBNM234567".repeat(4).slice(0, 102)

export function createMessenger({ clock, network }: MessengerParts): Messenger {
  const scene = network.name.replace(/^Demo ?/, "")
  const [hasGroups, hasFiles] = [/groups/.test(scene), /files/.test(scene)]
  const listeners = new Set<(event: MessengerEvent) => void>()
  const emit = (event: MessengerEvent) => {
    const isArrival = event.type === "message" && !event.message.own
    const told: MessengerEvent | null = status.status !== "locked" || event.type === "status" ? event : isArrival ? { type: "arrival" } : null
    if (told !== null) listeners.forEach((listener) => listener(told))
  }
  const started = clock.now()
  const after = (ms: number, then: () => void) => clock.at(clock.now() + ms, then)
  let serial = 0
  let status: MessengerStatus = { status: "stopped" }

  let profile: ProfileView | null = scene === "welcome" ? null : { name: "Robin", speed: "fast", reads: "waiting", files: FILE_LIMITS, created: started - 40 * DAY }
  const contacts = new Map<string, ContactView>()
  const messages = new Map<string, MessageView[]>()
  const unread = new Map<string, number>(hasGroups ? [["loud", 1]] : [])
  const kept = new Map<string, QuarantineView>()
  let view: NetworkView = {
    name: scene === "" ? "Demo" : network.name, id: "c3f1a8".repeat(10) + "77e2", link: scene === "offline" ? "offline" : "online", gateway: GATEWAY, nodes: NODES,
    health: NODES.map(({ id }) => ({ id, answered: 96, lost: 1, roundTrip: 3420, avoided: false })),
    speed: "fast", sent: 1284, cover: 1177, replies: 1269, lost: 3, behind: 0, came: 0, lately: { seconds: 0, sent: 0, cover: 0, replies: 0, lost: 0 }, roundTrip: 3420, meanDelay: 500, directoryEpoch: 488_211, recent: [], warning: scene === "one" ? "one-operator" : null, clockOff: scene === "clock" ? -620 : null,
  }

  const find = (id: string) => [...messages.values()].flat().find((one) => one.id === id)
  const acts = new FakeActs({ now: () => clock.now(), after, find, update: (id, more) => update(id, more) })

  const show = (id: string, message: MessageView | null) => (message === null ? emit({ type: "conversation", conversation: conversation(id) }) : tell(message))
  const groups: FakeGroups = new FakeGroups({ now: () => clock.now(), after, find, contact: (id) => contacts.get(id), put: (...given) => put(...given), tell: show, gone: (id) => emit({ type: "conversation-removed", conversation: id }) })

  const introductions: FakeIntroductions = new FakeIntroductions({
    now: () => clock.now(), after, emit, contact: (id) => contacts.get(id), meet: (id, name) => change(contact(id, name, { trust: "introduced" }).id, {}), member: (...given) => groups.memberOf(...given), line: (id, line) => show(id, groups.line(id, line)),
  })

  function contact(id: string, name: string, more: Partial<ContactView> = {}): ContactView {
    const made: ContactView = {
      id, name, theirName: name, state: "ready", problem: null, trust: "link", code: null, safetyNumber: SAFETY, blocked: false, identityChange: null, otherDirectory: null, member: `member-${id}`, invitable: true, created: clock.now() - 12 * DAY, expected: null, ...more,
    }
    contacts.set(id, made)
    if (!messages.has(id)) messages.set(id, [])
    return made
  }

  function put(conversation: string, own: boolean, text: string, sent: number, state: SendState | null, more: Partial<MessageView> = {}): MessageView {
    const list = messages.get(conversation) ?? []
    const times: MessageView["times"] = own ? { queued: sent, mix: sent + 900, dropbox: sent + 3300, received: sent + 6800 } : {}
    const message: MessageView = {
      id: `${conversation}-${(list.at(-1)?.position ?? 0) + 1}`, conversation, own, from: own ? null : conversation, text, sent, received: own && state !== "received" ? null : sent + 6800,
      state, times, expected: null, problem: null, ...(acts.timers.has(conversation) && more.timer === undefined && { lasts: acts.timers.get(conversation)! * SECOND }), replicas: state === "dropbox" || state === "received" ? { stored: 2, of: 2 } : null, journey: journey(sent + 900, sent + 3300), position: (list.at(-1)?.position ?? 0) + 1, ...more,
    }
    list.push(message)
    messages.set(conversation, list)
    return message
  }

  const conversation = (id: string): ConversationView => ({
    id, ...(groups.view(id) ?? { kind: "direct", title: contacts.get(id)?.name ?? "", contact: id }), last: messages.get(id)?.at(-1) ?? null, unread: unread.get(id) ?? 0, ...(id === "loud" && unread.get(id) && { named: 1 }), stopped: id === "echo" && scene === "copy" ? "copy" : contacts.get(id)?.identityChange ? "identity" : null, ...acts.timerOf(id),
  })
  const writable = ({ state }: ContactView) => state === "ready" || state === "answered"

  function change(id: string, more: Partial<ContactView>): void {
    const known = contacts.get(id)
    if (!known) return
    const changed = { ...known, ...more }
    contacts.set(id, changed)
    emit({ type: "contact", contact: changed })
    if (writable(changed)) emit({ type: "conversation", conversation: conversation(id) })
  }

  function tell(message: MessageView): void {
    emit({ type: "message", message })
    emit({ type: "conversation", conversation: conversation(message.conversation) })
  }

  function update(id: string, more: Partial<MessageView>): void {
    for (const list of messages.values()) {
      const at = list.findIndex((one) => one.id === id)
      if (at < 0) continue
      const known = { ...(list[at] as MessageView), ...more }
      // What is quoted is told as it is now, as the engine does.
      const changed = known.quote === undefined ? known : { ...known, quote: acts.quote(known.quote.message) }
      list[at] = changed
      tell(changed)
    }
  }

  function send(id: string, text: string, replyTo?: string, mentions?: readonly MentionView[]): string {
    const now = clock.now()
    const message = put(id, true, text, now, "queued", { times: { queued: now }, received: null, expected: now + 1500, journey: null, ...(replyTo !== undefined && { quote: acts.quote(replyTo) }), ...(mentions !== undefined && { mentions }) })
    tell(message)
    if (view.link === "offline") return message.id
    const times: Partial<Record<SendState, number>> = { queued: now }
    after(1100, () => update(message.id, { state: "mix", times: { ...times, mix: now + 1100 }, expected: now + 5000 }))
    after(4300, () => update(message.id, { state: "dropbox", times: { ...times, mix: now + 1100, dropbox: now + 4300 }, expected: now + 9000, replicas: { stored: 1, of: 2 }, journey: journey(now + 1100, now + 4300) }))
    after(5200, () => update(message.id, { replicas: { stored: 2, of: 2 } }))
    after(7800, () => update(message.id, { state: "received", times: { ...times, mix: now + 1100, dropbox: now + 4300, received: now + 7800 }, received: now + 7800, expected: null }))
    after(9500, () => {
      if (groups.all.has(id)) return
      const echo = put(id, false, text, clock.now() - 3000, null, { received: clock.now() })
      unread.set(id, (unread.get(id) ?? 0) + 1)
      tell(echo)
    })
    return message.id
  }

  function invite(name: string): string {
    const id = `contact-${++serial}`
    contact(id, name, { theirName: null, state: "publishing", code: null, safetyNumber: null, created: clock.now(), expected: clock.now() + 5000 })
    change(id, {})
    after(3500, () => change(id, { state: "waiting", code: CODE, expected: null }))
    if (name.includes("!")) after(7000, () => change(id, { state: "ask", theirName: "Sasha Mori", code: null, safetyNumber: SAFETY }))
    return id
  }

  function check(entered: string): CommandOutput<"check-code"> {
    const code = entered.slice(entered.lastIndexOf("#code/") + 1).replace(/^code\//, "").toUpperCase().replace(/[^A-Z0-9]/g, "")
    if (/[^\sA-Za-z0-9:/.#-]/.test(entered)) return { ok: false, problem: "not-a-code" }
    const typo = code.indexOf("XXX")
    if (typo >= 0) return { ok: false, problem: "typo", part: Math.floor(typo / 16) + 1 }
    if (code.length < 64) return { ok: false, problem: "too-short" }
    if (code.length > 64) return { ok: false, problem: "too-long" }
    if (code.startsWith("OWN")) return { ok: false, problem: "own" }
    if (code.startsWith("KNOWN")) return { ok: false, problem: "known", contact: "mira" }
    if (code.startsWith("OTHER")) return { ok: false, problem: "other-network" }
    return { ok: true }
  }

  function add(name: string): string {
    const id = `contact-${++serial}`
    contact(id, name, { theirName: null, state: "reading", safetyNumber: null, created: clock.now(), expected: clock.now() + 5000 })
    change(id, {})
    after(3000, () => change(id, { state: "answering", theirName: name, expected: clock.now() + 5000 }))
    after(6500, () => change(id, { state: "answered", safetyNumber: SAFETY, expected: null }))
    after(11_000, () => change(id, { state: "ready" }))
    return id
  }

  function keep(contact: string, reason: QuarantineReason, count: number, age: number): void {
    const id = `${contact}/${reason}`
    kept.set(id, { id, contact, reason, count, first: clock.now() - age - DAY, last: clock.now() - age })
  }

  if (scene !== "welcome" && scene !== "empty") fill({ now: clock.now(), long: scene === "long", contact, put, keep, unread, acts, code: CODE, otherSafety: OTHER_SAFETY })

  const files = new FakeFiles({
    now: () => clock.now(), after, find, all: () => [...messages.values()].flat(), update: (id, more) => update(id, more), gone: (id) => acts.delete(id),
    put: (conversation, own, text, sent, more) => put(conversation, own, text, sent, own ? "received" : null, more),
  })
  if (hasFiles) files.fill(contact("ines", "Inês", { trust: "compared" }).id)
  if (hasGroups) fillGroups(groups, put, started)
  if (hasGroups) fillIntroductions(introductions, (id, line) => groups.line(id, line))

  const packets = new FakePackets()
  function tick(): void {
    const now = clock.now()
    const { carried } = packets.next(now)
    view = { ...view, sent: view.sent + 1, cover: view.cover + (carried === "cover" ? 1 : 0), replies: view.replies + 1, lately: packets.lately(now), recent: packets.all.slice(0, 12) }
    emit({ type: "network", network: view })
    after(900 + (view.sent % 7) * 300, tick)
  }

  const commands: { [Name in CommandName]: (input: CommandInput<Name>) => CommandOutput<Name> } = {
    ...groups.commands, ...introductions.commands,
    "create-profile": ({ name }) => {
      profile = { name, speed: "balanced", reads: "waiting", files: FILE_LIMITS, created: clock.now() }
      emit({ type: "profile", profile })
      return {}
    },
    rename: ({ name }) => {
      if (profile) emit({ type: "profile", profile: (profile = { ...profile, name }) })
      return {}
    },
    reads: ({ mode }) => (profile && emit({ type: "profile", profile: (profile = { ...profile, reads: mode }) }), {}),
    speed: ({ speed }) => (profile && emit({ type: "profile", profile: (profile = { ...profile, speed }) }), {}),
    invite: ({ name }) => ({ contact: invite(name) }),
    "check-code": ({ code }) => check(code),
    add: ({ code, name }) => {
      const checked = check(code)
      return checked.ok ? { ok: true, contact: add(name) } : checked
    },
    accept: ({ contact: id, trust, name }) => {
      change(id, { state: "ready", trust, ...(name ? { name } : {}) })
      return {}
    },
    remove: ({ contact: id }) => {
      contacts.delete(id)
      emit({ type: "contact-removed", contact: id })
      return {}
    },
    "rename-contact": ({ contact: id, name }) => (change(id, { name }), {}), "trust-contact": ({ contact: id, trust }) => (change(id, { trust }), {}),
    "accept-identity": ({ contact: id, compared }) => (change(id, { identityChange: null, safetyNumber: OTHER_SAFETY, trust: compared ? "compared" : "changed" }), {}),
    block: ({ contact: id, blocked }) => (change(id, { blocked }), {}),
    quarantine: ({ contact: id }) => ({ lines: [...kept.values()].filter((line) => id === undefined || line.contact === id) }),
    "clear-quarantine": ({ contact: id = null }) => {
      for (const [key, line] of kept) if (id === null || line.contact === id) kept.delete(key)
      emit({ type: "quarantine-cleared", contact: id })
      return {}
    },
    send: ({ conversation: id, text, replyTo, mentions }) => ({ message: send(id, text, replyTo, mentions) }),
    edit: ({ message, text, mentions }) => (acts.edit(message, text, mentions), {}),
    react: ({ message, reactions }) => (acts.react(message, reactions), {}),
    "delete-for-everyone": ({ message }) => (acts.delete(message), {}),
    timer: ({ conversation: id, seconds }) => {
      if (seconds === null) acts.timers.delete(id)
      else acts.timers.set(id, seconds)
      tell(put(id, true, "", clock.now(), "received", { timer: seconds }))
      return {}
    },
    history: ({ message }) => ({ versions: acts.history(message) }),
    retry: ({ message }) => (find(message)?.doing ? acts.settle(message) : update(message, { state: "queued", problem: null, expected: clock.now() + 3000 }), {}),
    ...files.commands,
    "file-limits": (files) => (profile && emit({ type: "profile", profile: (profile = { ...profile, files }) }), {}),
    messages: ({ conversation: id, before = Infinity, after, limit }) => {
      if (after !== undefined) {
        const later = (messages.get(id) ?? []).filter(({ position }) => position > after)
        return { messages: later.slice(0, limit), more: later.length > limit }
      }
      const earlier = (messages.get(id) ?? []).filter(({ position }) => position < before)
      return { messages: earlier.slice(-limit), more: earlier.length > limit }
    },
    search: ({ text, kind, conversation: id, from, limit }) => {
      const words = soughtWords(text)
      const all = [...messages].filter(([one]) => id === undefined || one === id).flatMap(([, list]) => list)
      const found = all.filter((one) => (words.length === 0 || hasWords(one.text, words)) && (kind === undefined || isOf(kind, one))).sort((a, b) => b.sent - a.sent)
      const begin = from?.[0]?.before ?? 0
      return { hits: found.slice(begin, begin + limit), next: begin + limit < found.length ? [{ conversation: "", before: begin + limit, time: 0 }] : null }
    },
    "safety-qr": () => ({ text: SAFETY_QR }),
    "delete-message": ({ message: id }) => {
      for (const [of, list] of messages) {
        const gone = list.find((one) => one.id === id)
        if (!gone) continue
        messages.set(of, list.filter((one) => one !== gone))
        emit({ type: "message-deleted", conversation: of, message: id, position: gone.position })
        emit({ type: "conversation", conversation: conversation(of) })
      }
      return {}
    },
    message: ({ message }) => ({ message: find(message) ?? null }),
    "mark-read": ({ conversation: id }) => {
      if (unread.get(id)) {
        unread.set(id, 0)
        emit({ type: "conversation", conversation: conversation(id) })
      }
      return {}
    },
    unread: () => ({ messages: [] }), "keep-draft": () => ({}),
    drafts: () => ({ drafts: {}, mentions: {}, abouts: {} }),
    packets: () => ({ packets: [...packets.all] }),
    view: () => ({ profile, contacts: [...contacts.values()], conversations: [...[...contacts.values()].filter(writable).map(({ id }) => id), ...groups.all.keys()].map(conversation), quarantine: [...kept.values()], introductions: [...introductions.all.values()], network: view }),
  }

  return {
    get status() {
      return status
    },
    lock: () => emit({ type: "status", status: (status = { status: "locked" }) }),
    unlock: () => emit({ type: "status", status: (status = { status: "running" }) }),
    start: async () => {
      emit({ type: "status", status: (status = { status: "running" }) })
      if (view.link !== "online") return
      const now = clock.now()
      packets.fill(now)
      view = { ...view, lately: packets.lately(now), recent: packets.all.slice(0, 12) }
      tick()
    },
    stop: async () => undefined,
    run: async (name, input) => commands[name](input),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
