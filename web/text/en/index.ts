/**
 * Every English text that the app shows. Another language is another folder of this shape. Functions take what varies, so that a
 * language can place and inflect it as it must.
 */
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

export const en = {
  tag: "en",
  direction: "ltr" as "ltr" | "rtl",
  app: "Sotto",
  bytes,
  number,
  unnamed: "New contact",
  claim: "A messenger that does not know who you talk to.",
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

/** The shape that every language fills. */
export type Texts = typeof en
