import type { Command } from "./command.ts"
import { accept } from "./commands/accept.ts"
import { add } from "./commands/add.ts"
import { acceptIdentity } from "./commands/accept-identity.ts"
import { block, unblock } from "./commands/block.ts"
import { backup } from "./commands/backup.ts"
import { bot } from "./commands/bot.ts"
import { check } from "./commands/check.ts"
import { code } from "./commands/code.ts"
import { deleteMessage } from "./commands/delete-message.ts"
import { deleteForEveryone } from "./commands/delete-for-everyone.ts"
import { draft } from "./commands/draft.ts"
import { edit } from "./commands/edit.ts"
import { group } from "./commands/group.ts"
import { file } from "./commands/file.ts"
import { fileCost } from "./commands/file-cost.ts"
import { fileLimits } from "./commands/file-limits.ts"
import { files } from "./commands/files.ts"
import { history } from "./commands/history.ts"
import { init } from "./commands/init.ts"
import { introduction } from "./commands/introduction.ts"
import { list } from "./commands/list.ts"
import { markRead } from "./commands/mark-read.ts"
import { message } from "./commands/message.ts"
import { messages } from "./commands/messages.ts"
import { network } from "./commands/network.ts"
import { packets } from "./commands/packets.ts"
import { passphrase } from "./commands/passphrase.ts"
import { quarantine } from "./commands/quarantine.ts"
import { read } from "./commands/read.ts"
import { react } from "./commands/react.ts"
import { reads } from "./commands/reads.ts"
import { remove } from "./commands/remove.ts"
import { renameContact } from "./commands/rename-contact.ts"
import { rename } from "./commands/rename.ts"
import { restore } from "./commands/restore.ts"
import { retry } from "./commands/retry.ts"
import { safetyNumber } from "./commands/safety-number.ts"
import { save } from "./commands/save.ts"
import { search } from "./commands/search.ts"
import { send } from "./commands/send.ts"
import { sendFile } from "./commands/send-file.ts"
import { speed } from "./commands/speed.ts"
import { status } from "./commands/status.ts"
import { timer } from "./commands/timer.ts"
import { trust } from "./commands/trust.ts"
import { unread } from "./commands/unread.ts"
import { wipe } from "./commands/wipe.ts"

/** All commands by the word that calls them, in the order of the help: people first, then messages, then the rest. */
export const commands: Readonly<Record<string, Command>> = {
  init,
  code,
  check,
  add,
  accept,
  list,
  "safety-number": safetyNumber,
  trust,
  "rename-contact": renameContact,
  "accept-identity": acceptIdentity,
  block,
  unblock,
  remove,
  group,
  introduction,
  send,
  "send-file": sendFile,
  save,
  file,
  "file-cost": fileCost,
  "file-limits": fileLimits,
  files,
  draft,
  read,
  unread,
  messages,
  search,
  message,
  edit,
  history,
  react,
  "delete-message": deleteMessage,
  "delete-for-everyone": deleteForEveryone,
  timer,
  "mark-read": markRead,
  retry,
  quarantine,
  status,
  rename,
  speed,
  packets,
  reads,
  passphrase,
  backup,
  restore,
  wipe,
  bot,
  network,
}
