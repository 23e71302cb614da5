import type { Parameters } from "../../shared/directory/parameters.ts"
import type { BoxId } from "../../shared/names.ts"
import type { Source } from "../content/attachment.ts"
import type { Conversations } from "../conversations.ts"
import type { Replicas } from "../places.ts"
import type { StoredProfile } from "../stored.ts"
import { PLACEMENT_MEMORY } from "../timing.ts"
import type { Pieces } from "./pieces.ts"
import type { StoredAttachment, StoredTransfer } from "./stored-attachment.ts"
import { fileKeys } from "./stored-attachment.ts"

export interface TransferParts {
  readonly conversations: Conversations
  readonly pieces: Pieces
  readonly profile: () => StoredProfile
  readonly parameters: () => Parameters
}

/** Where the box of a file lies; where the list of dropboxes is not known here, wherever it may lie. */
export function placesOf({ conversations }: TransferParts, { placement }: Source, box: BoxId): Replicas {
  const { places, now } = conversations.parts
  const list = places.byHash(placement)
  return list === null ? places.lookout(box, () => now() - PLACEMENT_MEMORY).places : places.among(box, list)
}

/** Keeps how far a file is. */
export function saveTransfer({ conversations }: TransferParts, transfer: StoredTransfer): void {
  conversations.parts.changes.put(fileKeys.transfer(transfer.id), transfer)
}

export function dropTransfer({ conversations }: TransferParts, id: string): void {
  conversations.parts.changes.delete(fileKeys.transfer(id))
}

/** Shows how far it is. */
export async function tellProgress(parts: TransferParts, { id, conversation, position }: StoredTransfer, change: Partial<StoredAttachment>): Promise<void> {
  const { conversations } = parts
  const talk = conversations.get(conversation)
  await conversations.parts.messages.change(conversation, position, (message) =>
    message.attachment?.id === id ? { ...message, attachment: { ...message.attachment, ...change } } : message,
  )
  if (talk !== null) await conversations.refreshLast(talk, position)
}

/** The same boxes but for one. */
export function withBox({ boxes }: StoredTransfer, box: number, state: number): Uint8Array {
  const changed = boxes.slice()
  changed[box] = state
  return changed
}
