/** Views with as little in them as a test needs. */
import type { ContactView, ConversationView, MessageView } from "../../messenger/api.ts"
import type { NodeView } from "../../messenger/network-view.ts"

export const message = (position: number, more: Partial<MessageView> = {}): MessageView => ({
  id: `m${position}`, conversation: "c", own: false, from: "c", text: `text ${position}`, sent: position * 1000, received: null, state: null, times: {}, expected: null,
  problem: null, replicas: null, journey: null, position, ...more,
})

export const contact = (id: string, more: Partial<ContactView> = {}): ContactView => ({
  id, name: id, theirName: null, state: "ready", problem: null, trust: "link", code: null, safetyNumber: null, blocked: false, identityChange: null, otherDirectory: null, member: null, invitable: true, created: 0, expected: null, ...more,
})

export const conversation = (id: string, more: Partial<ConversationView> = {}): ConversationView => ({
  id, kind: "direct", title: id, contact: id, last: null, unread: 0, stopped: null, ...more,
})

export const node = (layer: number, operator = `operator ${layer}`): NodeView => ({
  id: `node ${layer}`, role: layer === 0 ? "dropbox" : "mix", layer, operator, provider: "p", host: `host-${layer}`,
})
