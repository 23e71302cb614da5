import type { Texts } from "../en/index.ts"
import { acts } from "./acts.ts"
import { install, notify, share, version } from "./app.ts"
import { backup, restore, storage } from "./backup.ts"
import { invite, code, add, scan, contactProblems, ask, states } from "./codes.ts"
import { contact, safety, identity, quarantine } from "./contact.ts"
import { conversation, message, search, journey, link, actions } from "./conversation.ts"
import { damage } from "./damage.ts"
import { common, engine, banners, list, empty } from "./frame.ts"
import { groups } from "./groups.ts"
import { help, keys } from "./help.ts"
import { introductions, past } from "./introductions.ts"
import { ledger } from "./ledger.ts"
import { naming } from "./naming.ts"
import { network, reads } from "./network.ts"
import { settings } from "./settings.ts"
import { shelf } from "./shelf.ts"
import { welcome, lock, passkey } from "./welcome.ts"
import { files } from "./files.ts"
import { bytes, number } from "./format.ts"

export const ar: Texts = {
  tag: "ar",
  direction: "rtl",
  app: "سوتو",
  bytes,
  number,
  unnamed: "جهة اتصال جديدة",
  claim: "برنامج مراسلة لا يعرف مع من تتحدث.",
  common,
  welcome,
  lock,
  passkey,
  backup,
  restore,
  storage,
  reads,
  engine,
  banners,
  list,
  empty,
  invite,
  code,
  add,
  scan,
  contactProblems,
  ask,
  contact,
  safety,
  identity,
  quarantine,
  states,
  conversation,
  message,
  search,
  journey,
  link,
  actions,
  acts,
  damage,
  files,
  groups,
  naming,
  introductions,
  past,
  network,
  ledger,
  settings,
  shelf,
  version,
  share,
  notify,
  install,
  keys,
  help,
}
