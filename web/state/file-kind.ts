/** What the files that messages bring are to the eye. */
import type { AttachmentView, MessageView } from "../../messenger/api.ts"
import type { IconName } from "../components/icons.ts"
import { t } from "../text/text.ts"

export type FileKind = "picture" | "voice" | "sound" | "video" | "pdf" | "text" | "file"
type Named = Pick<AttachmentView, "name" | "mediaType">

/** A message that brings a file. */
export type FileMessage = MessageView & { readonly attachment: AttachmentView }
export const bringsFile = (message: MessageView): message is FileMessage => message.attachment !== undefined && message.deleted === undefined

/** Kinds that are shown in place, if they turn out to be what they are called. Never what can hold a script, as SVG does: that is only saved. */
const PICTURES: readonly string[] = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"]

export function kindOf({ name, mediaType }: Named): FileKind {
  const type = (mediaType.split(";", 1)[0] ?? "").trim().toLowerCase()
  if (PICTURES.includes(type)) return "picture"
  // What was recorded has no name.
  if (type.startsWith("audio/")) return name === "" ? "voice" : "sound"
  if (type.startsWith("video/")) return "video"
  if (type === "application/pdf") return "pdf"
  return type.startsWith("text/") ? "text" : "file"
}

const PAGE: IconName = "page"
export const KIND_ICONS: Readonly<Record<FileKind, IconName>> = { picture: "image", voice: "mic", sound: "sound", video: "video", pdf: PAGE, text: PAGE, file: PAGE }

/** In a few words: its name, where it says more than what it is. */
export function fileWords(file: Named): string {
  const kind = kindOf(file)
  return file.name === "" || kind === "picture" ? t.value.files.kinds[kind] : file.name
}

/** Its bytes can be read here: it is an own one, or all of it has come and was found to be what its sender has named. */
export const isHere = ({ own, attachment: { state } }: FileMessage): boolean => (own ? state !== "deleted" : state === "ready")
