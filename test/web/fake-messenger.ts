/**
 * A messenger of canned data behind the real interface, for work on the app's looks (`vite --mode demo`) and for tests of the page.
 * What the network is called chooses the scene: "Demo welcome", "Demo empty", "Demo offline", else a life in full.
 */
import type { CommandInput, CommandName, CommandOutput, ContactView, ConversationView, MessageView, Messenger, MessengerEvent, ProfileView, SendState } from "../../messenger/api.ts"
import type { Journey, NetworkView, NodeView, RecentPacket } from "../../messenger/network-view.ts"
import type { MessengerStatus } from "../../messenger/messenger-status.ts"
import type { MessengerParts } from "../../messenger/ports.ts"
import type { QuarantineReason, QuarantineView } from "../../messenger/quarantine.ts"

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

const node = (layer: number, letter: string, operator: string): NodeView => ({
  id: `${layer}${letter}`,
  role: layer === 0 ? "dropbox" : "mix",
  layer,
  operator,
  provider: { Wren: "Hetzner", Osprey: "Cloudflare", Heron: "OVH" }[operator] ?? "Cloudflare",
  host: `${layer === 0 ? "box" : "mix"}-${layer}${letter}.${operator.toLowerCase()}.example`,
})
const NODES = [
  node(1, "a", "Wren"), node(1, "b", "Wren"), node(2, "a", "Osprey"), node(2, "b", "Osprey"), node(3, "a", "Heron"), node(3, "b", "Heron"), node(0, "a", "Wren"), node(0, "b", "Osprey"),
]
const GATEWAY = NODES[0] as NodeView

const CODE = "K7QM2XWTNB4VZR6HJ3PYC5DFGA8LSEU9KQ27MXTWB4NVRZ6HP3JYD5CFAG8LUES9"
const OTHER_SAFETY = "30471 95528 11830 66204 78193 05527 61820 44917 03356 87203 59914 20648"
const SAFETY = "30471 95528 11830 66204 78193 05527 49016 23385 91744 60238 17752 84409"

export function createMessenger({ clock, network }: MessengerParts): Messenger {
  const scene = network.name.replace(/^Demo ?/, "")
  const listeners = new Set<(event: MessengerEvent) => void>()
  const emit = (event: MessengerEvent) => listeners.forEach((listener) => listener(event))
  const started = clock.now()
  const after = (ms: number, then: () => void) => clock.at(clock.now() + ms, then)
  let serial = 0
  let status: MessengerStatus = { status: "stopped" }
  const pick = (layer: number): NodeView => NODES.filter((one) => one.layer === layer)[(serial++ * 7919) % 13 % 2] as NodeView
  const journey = (sent: number, answered: number | null): Journey => ({
    out: [GATEWAY, pick(2), pick(3), pick(0)],
    back: answered === null ? [pick(1), pick(2), pick(3), GATEWAY] : [pick(1), pick(2), pick(3), GATEWAY],
    sent,
    answered,
  })

  let profile: ProfileView | null = scene === "welcome" ? null : { name: "Robin", speed: "fast", reads: "waiting", created: started - 40 * DAY }
  const contacts = new Map<string, ContactView>()
  const messages = new Map<string, MessageView[]>()
  const unread = new Map<string, number>()
  const kept = new Map<string, QuarantineView>()
  let view: NetworkView = {
    name: scene === "" ? "Demo" : network.name, id: "c3f1a8".repeat(10) + "77e2", link: scene === "offline" ? "offline" : "online", gateway: GATEWAY, nodes: NODES,
    health: NODES.map(({ id }) => ({ id, answered: 96, lost: 1, roundTrip: 3420, avoided: false })),
    speed: "fast", sent: 1284, cover: 1177, replies: 1269, lost: 3, behind: 0, came: 0, roundTrip: 3420, directoryEpoch: 488_211, recent: [], warning: scene === "one" ? "one-operator" : null, clockOff: scene === "clock" ? -620 : null,
  }

  function contact(id: string, name: string, more: Partial<ContactView> = {}): ContactView {
    const made: ContactView = {
      id, name, theirName: name, state: "ready", problem: null, trust: "link", code: null, safetyNumber: SAFETY, blocked: false, identityChange: null, otherDirectory: null, created: clock.now() - 12 * DAY, expected: null, ...more,
    }
    contacts.set(id, made)
    if (!messages.has(id)) messages.set(id, [])
    return made
  }

  function put(conversation: string, own: boolean, text: string, sent: number, state: SendState | null, more: Partial<MessageView> = {}): MessageView {
    const list = messages.get(conversation) ?? []
    const times: MessageView["times"] = own ? { queued: sent, mix: sent + 900, dropbox: sent + 3300, received: sent + 6800 } : {}
    const message: MessageView = {
      id: `${conversation}-${list.length}`, conversation, own, from: own ? null : conversation, text, sent, received: own && state !== "received" ? null : sent + 6800,
      state, times, expected: null, problem: null, replicas: state === "dropbox" || state === "received" ? { stored: 2, of: 2 } : null, journey: journey(sent + 900, sent + 3300), position: list.length, ...more,
    }
    list.push(message)
    messages.set(conversation, list)
    return message
  }

  const conversation = (id: string): ConversationView => ({
    id, kind: "direct", title: contacts.get(id)?.name ?? "", contact: id, last: messages.get(id)?.at(-1) ?? null, unread: unread.get(id) ?? 0, stopped: id === "echo" && scene === "copy" ? "copy" : contacts.get(id)?.identityChange ? "identity" : null,
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
      const changed = { ...(list[at] as MessageView), ...more }
      list[at] = changed
      tell(changed)
    }
  }

  function send(id: string, text: string): string {
    const now = clock.now()
    const message = put(id, true, text, now, "queued", { times: { queued: now }, received: null, expected: now + 1500, journey: null })
    tell(message)
    if (view.link === "offline") return message.id
    const times: Partial<Record<SendState, number>> = { queued: now }
    after(1100, () => update(message.id, { state: "mix", times: { ...times, mix: now + 1100 }, expected: now + 5000 }))
    after(4300, () => update(message.id, { state: "dropbox", times: { ...times, mix: now + 1100, dropbox: now + 4300 }, expected: now + 9000, replicas: { stored: 1, of: 2 }, journey: journey(now + 1100, now + 4300) }))
    after(5200, () => update(message.id, { replicas: { stored: 2, of: 2 } }))
    after(7800, () => update(message.id, { state: "received", times: { ...times, mix: now + 1100, dropbox: now + 4300, received: now + 7800 }, received: now + 7800, expected: null }))
    after(9500, () => {
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

  function seed(): void {
    if (scene === "welcome" || scene === "empty") return
    const now = clock.now()
    const noon = new Date(now).setHours(12, 0, 0, 0)
    contact("mira", "Mira Adeyemi", { trust: "met" })
    for (let at = 0; at < 130; at++) put("mira", at % 3 === 0, `Older message ${at + 1}. ${"The ferry was late again. ".repeat(at % 4)}`.trim(), noon - 6 * DAY + at * 11 * MINUTE, at % 3 === 0 ? "received" : null)
    const yesterday = noon - DAY
    put("mira", false, "Did you find the notebook?", yesterday, null)
    put("mira", true, "Under the seat, where else.", yesterday + 2 * MINUTE, "received")
    put("mira", true, "I’ll bring it on Thursday.", yesterday + 2 * MINUTE + 20_000, "received")
    put("mira", false, "You are a hero. A forgetful one, but a hero.", yesterday + 9 * MINUTE, null)
    put("mira", false, "Is it still at the old place? They moved the entrance around the corner, next to the bakery:\nhttps://example.org/way", now - 9 * MINUTE, null)
    put("mira", true, "Same place. Seven?", now - 8 * MINUTE, "received")
    put("mira", false, "Seven is good.", now - 7 * MINUTE, null)
    put("mira", true, "I wrote this one while the network was slow.", now - 25_000, "dropbox", { times: { queued: now - 25_000, mix: now - 24_000, dropbox: now - 21_000 }, expected: now + 40_000 })
    put("mira", true, "And this one just now.", now - 2_000, "mix", { times: { queued: now - 2_000, mix: now - 1_000 }, expected: now + 9_000 })
    contact("jo", "Jo", { trust: "compared" })
    put("jo", true, "Call me when you are back.", now - 3 * 60 * MINUTE, "failed", { problem: "expired", journey: null })
    contact("layla", "ليلى", { theirName: "Layla", trust: "link" })
    put("layla", false, "مرحبا! كيف كان يومك؟", now - 50 * MINUTE, null)
    put("layla", false, "أراك غداً", now - 49 * MINUTE, null)
    unread.set("layla", 2)
    contact("noor", "Noor", { trust: "changed", identityChange: { at: now - 20 * MINUTE, signed: true, safetyNumber: OTHER_SAFETY } })
    put("noor", false, "I have a new phone from tomorrow on.", now - 30 * MINUTE, null)
    put("noor", true, "Good to know!", now - 15 * MINUTE, "queued", { journey: null, times: { queued: now - 15 * MINUTE } })
    contact("echo", "Echo", { trust: "link" })
    put("echo", true, "Hello?", now - 2 * DAY, "received")
    put("echo", false, "Hello?", now - 2 * DAY + 9_000, null)
    contact("tom", "Tom", { blocked: true })
    keep("tom", "blocked", 14, 3 * MINUTE)
    keep("tom", "malformed", 1, 2 * DAY)
    keep("jo", "flood", 3, 40 * MINUTE)
    contact("ask", "Sasha Mori", { theirName: "Sasha Mori", state: "ask", created: now - 2 * MINUTE })
    contact("wait", "Dr. Okafor", { theirName: null, state: "waiting", code: CODE, safetyNumber: null, created: now - 30 * MINUTE })
    contact("answered", "Ida", { state: "answered", created: now - 4 * MINUTE })
    contact("bad", "Someone from the fair", { theirName: null, state: "failed", problem: "used", safetyNumber: null, created: now - DAY })
  }
  seed()

  function tick(): void {
    const now = clock.now()
    const packet: RecentPacket = { carried: serial % 5 === 0 ? "write" : serial % 2 ? "cover" : "read", journey: journey(now, null) }
    const answered = view.recent.map((one) => (one.journey.answered === null && now - one.journey.sent > 2500 ? { ...one, journey: { ...one.journey, answered: one.journey.sent + 3100 } } : one))
    view = { ...view, sent: view.sent + 1, cover: view.cover + (packet.carried === "cover" ? 1 : 0), replies: view.replies + 1, recent: [packet, ...answered].slice(0, 12) }
    emit({ type: "network", network: view })
    after(900 + (serial % 7) * 300, tick)
  }

  const commands: { [Name in CommandName]: (input: CommandInput<Name>) => CommandOutput<Name> } = {
    "create-profile": ({ name }) => {
      profile = { name, speed: "balanced", reads: "waiting", created: clock.now() }
      emit({ type: "profile", profile })
      return {}
    },
    rename: ({ name }) => {
      if (profile) emit({ type: "profile", profile: (profile = { ...profile, name }) })
      return {}
    },
    reads: ({ mode }) => {
      if (profile) emit({ type: "profile", profile: (profile = { ...profile, reads: mode }) })
      return {}
    },
    speed: ({ speed }) => {
      if (profile) emit({ type: "profile", profile: (profile = { ...profile, speed }) })
      return {}
    },
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
    "rename-contact": ({ contact: id, name }) => (change(id, { name }), {}),
    "trust-contact": ({ contact: id, trust }) => (change(id, { trust }), {}),
    "accept-identity": ({ contact: id, compared }) => (change(id, { identityChange: null, safetyNumber: OTHER_SAFETY, trust: compared ? "compared" : "changed" }), {}),
    block: ({ contact: id, blocked }) => (change(id, { blocked }), {}),
    quarantine: ({ contact: id }) => ({ lines: [...kept.values()].filter((line) => id === undefined || line.contact === id) }),
    "clear-quarantine": ({ contact: id = null }) => {
      for (const [key, line] of kept) if (id === null || line.contact === id) kept.delete(key)
      emit({ type: "quarantine-cleared", contact: id })
      return {}
    },
    send: ({ conversation: id, text }) => ({ message: send(id, text) }),
    retry: ({ message }) => (update(message, { state: "queued", problem: null, expected: clock.now() + 3000 }), {}),
    messages: ({ conversation: id, before = Infinity, limit }) => {
      const earlier = (messages.get(id) ?? []).filter(({ position }) => position < before)
      return { messages: earlier.slice(-limit), more: earlier.length > limit }
    },
    message: ({ message }) => ({ message: [...messages.values()].flat().find(({ id }) => id === message) ?? null }),
    "mark-read": ({ conversation: id }) => {
      if (unread.get(id)) {
        unread.set(id, 0)
        emit({ type: "conversation", conversation: conversation(id) })
      }
      return {}
    },
    unread: () => ({ messages: [] }),
    "keep-draft": () => ({}),
    drafts: () => ({ drafts: {} }),
    view: () => ({ profile, contacts: [...contacts.values()], conversations: [...contacts.values()].filter(writable).map(({ id }) => conversation(id)), quarantine: [...kept.values()], network: view }),
  }

  return {
    get status() {
      return status
    },
    lock: () => emit({ type: "status", status: (status = { status: "locked" }) }),
    unlock: () => emit({ type: "status", status: (status = { status: "running" }) }),
    start: async () => {
      status = { status: "running" }
      if (view.link !== "online") return
      const now = clock.now()
      view = { ...view, recent: [1, 2, 3, 4, 5].map((age) => ({ carried: age === 2 ? "write" : "cover", journey: journey(now - age * 3000, now - age * 3000 + 2800) })) }
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
