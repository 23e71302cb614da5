export type {
  AttachmentState,
  AttachmentView,
  CodeProblem,
  CommandInput,
  CommandName,
  CommandOutput,
  Commands,
  ContactProblem,
  IdentityChange,
  Stopped,
  ContactState,
  ContactView,
  DraftAbout,
  ConversationView,
  GroupView,
  IntroductionState,
  IntroductionView,
  LineView,
  MemberView,
  FileCost,
  FileLimits,
  FileMark,
  MentionView,
  MessageKind,
  MessageView,
  Messenger,
  MessengerEvent,
  MessengerView,
  ProfileView,
  QuoteView,
  ReactionView,
  ReadMode,
  ReceiptView,
  Role,
  SearchMark,
  SendProblem,
  SendState,
  Speed,
  Standing,
  StorageView,
  Trust,
  VersionView,
} from "./api.ts"
export { CommandError, TEXT_MAX } from "./api.ts"
export { anonymityEstimate, mostTrusted, speedCost } from "./anonymity.ts"
export type { AnonymityEstimate, LayerOfMixes, SpeedCost } from "./anonymity.ts"
export { codeLink } from "./contact-code.ts"
export { PARTIES, whatIsSeen } from "./ledger.ts"
export type { Learned, Party, Seen } from "./ledger.ts"
export { memoryStore } from "./memory-store.ts"
export type { MessengerStatus } from "./messenger-status.ts"
export { createMessenger } from "./messenger.ts"
export { DESCRIPTION_MAX, idOf, parseDescription } from "./network-description.ts"
export type { Journey, Lately, LinkState, NetworkView, NetworkWarning, NodeHealthView, NodeView, RecentPacket } from "./network-view.ts"
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
export { DAMAGED, StoreError } from "./ports.ts"
export type { QuarantineReason, QuarantineView } from "./quarantine.ts"
export type { Random } from "../shared/random.ts"
