/** Names and types as they may go out with a file. Pure. */
import { isFileName } from "../../messenger/attachments/file-name.ts"
import { plainName } from "../../messenger/name.ts"

const BYTES_MOST = 255
const bytesOf = (text: string) => new TextEncoder().encode(text).length

/** What is left of a name without what could lead into a folder, hide or turn; its ending is kept where it is cut. "" where nothing is left. */
export function sendableName(name: string): string {
  const plain = plainName(name.normalize("NFC").replace(/[/\\:]/gu, "_")).replace(/^[.\s]+|[.\s]+$/gu, "")
  const [, stem = "", ending = ""] = /^(.*?)(\.[^.]{1,16})?$/su.exec(plain) ?? []
  const letters = [...stem]
  while (letters.length > 0 && bytesOf(letters.join("") + ending) > BYTES_MOST) letters.pop()
  const cut = letters.join("").trimEnd() + ending
  return isFileName(cut) ? cut : ""
}

/** What the browser says a file is, where it is written as such are. */
export const sendableType = (type: string): string => (/^[a-z0-9][\w.+-]*\/[a-z0-9][\w.+-]*(;codecs=[\w.]+)?$/i.test(type) ? type : "application/octet-stream")
