/** The bytes of files that messages bring, and how they are written to the disk. */
import type { AttachmentView } from "../../messenger/api.ts"
import { run } from "./engine.ts"
import { kindOf } from "./file-kind.ts"
import type { FileMessage } from "./file-kind.ts"
import { HEAD_LENGTH, pictureFormat } from "./picture-format.ts"
import type { PictureFormat } from "./picture-format.ts"
import { t } from "../text/text.ts"

/** So much the engine hands out at a time. */
const PART = 1 << 18

/** Its bytes, without a type. Rejects where they are not here, or no more; null where nobody wants them any more. */
export async function fileOf({ id, attachment: { size } }: FileMessage, signal?: AbortSignal): Promise<Blob | null> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (let offset = 0; offset < size; offset += PART) {
    if (signal?.aborted === true) return null
    parts.push((await run("attachment-bytes", { message: id, offset, length: Math.min(PART, size - offset) })).bytes as Uint8Array<ArrayBuffer>)
  }
  return signal?.aborted === true ? null : new Blob(parts)
}

/** The same as a picture of the kind that its bytes are; null where it is none that is shown. */
export async function pictureOf(message: FileMessage, signal: AbortSignal): Promise<{ readonly file: Blob; readonly format: PictureFormat } | null> {
  const bytes = await fileOf(message, signal)
  if (bytes === null) return null
  const format = pictureFormat(new Uint8Array(await bytes.slice(0, HEAD_LENGTH).arrayBuffer()))
  return format && { file: bytes.slice(0, bytes.size, format.type), format }
}

/** A browser that is still reading it has it by then. */
const SAVED = 60_000

/** Writes it to where the browser writes what is saved. Its address is of no type that a browser would open. */
export async function saveFile(message: FileMessage): Promise<void> {
  const bytes = await fileOf(message)
  if (bytes === null) return
  const link = document.createElement("a")
  link.href = URL.createObjectURL(bytes.slice(0, bytes.size, "application/octet-stream"))
  link.download = message.attachment.name || `${t.value.files.kinds[kindOf(message.attachment)]} ${new Date(message.sent).toISOString().slice(0, 16).replace(/[T:]/g, "-")}${endingOf(message.attachment)}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED)
}

const ENDINGS: Readonly<Record<string, string>> = {
  "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif", "image/avif": ".avif",
  "audio/webm": ".webm", "audio/ogg": ".ogg", "audio/mp4": ".m4a", "audio/mpeg": ".mp3", "audio/wav": ".wav", "video/mp4": ".mp4", "video/webm": ".webm",
}
export const endingOf = ({ mediaType }: Pick<AttachmentView, "mediaType">): string => ENDINGS[mediaType.split(";", 1)[0]!.trim().toLowerCase()] ?? ""
