export type {
  CodeProblem,
  CommandInput,
  CommandName,
  CommandOutput,
  Commands,
  ContactProblem,
  ContactState,
  ContactView,
  ConversationView,
  Journey,
  LinkState,
  MessageView,
  Messenger,
  MessengerEvent,
  MessengerView,
  NetworkView,
  NetworkWarning,
  NodeView,
  ProfileView,
  RecentPacket,
  SendProblem,
  SendState,
  Speed,
  Trust,
} from "./api.ts"
export { CommandError, TEXT_MAX } from "./api.ts"
export { codeLink } from "./contact-code.ts"
export { memoryStore } from "./memory-store.ts"
export { createMessenger } from "./messenger.ts"
export type {
  Clock,
  Connection,
  Link,
  LinkEvent,
  ListOptions,
  MessengerParts,
  NetworkDescription,
  Store,
  StoreProblem,
  Write,
} from "./ports.ts"
export { StoreError } from "./ports.ts"
