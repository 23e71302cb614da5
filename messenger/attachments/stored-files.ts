import type { FileMark, MessageView, StorageView } from "../api.ts"
import type { Engine } from "../engine.ts"
import type { Shelved } from "../shelf.ts"

/** So many messages are opened for one command. */
const LISTED_MOST = 200

export const boundedLimit = (limit: number) => Math.max(1, Math.min(LISTED_MOST, Math.floor(limit)))

/** What is here of files, of one conversation or of all that there are. */
export async function shelved(engine: Engine, conversation: string | null = null): Promise<Shelved[]> {
  return (await engine.messages.shelf.files(conversation)).filter((file) => engine.conversations.get(file.conversation) !== null)
}

export function totals(files: readonly Shelved[]): StorageView[] {
  const sums = new Map<string, { conversation: string; files: number; bytes: number }>()
  for (const { conversation, kept } of files) {
    const sum = sums.get(conversation) ?? { conversation, files: 0, bytes: 0 }
    sum.files++
    sum.bytes += kept
    sums.set(conversation, sum)
  }
  return [...sums.values()].sort((a, b) => b.bytes - a.bytes)
}

type Ranked = FileMark

/** The same order whatever goes meanwhile, so that a list goes on where it was. */
export function inOrder(files: readonly Shelved[], by: "latest" | "largest"): Ranked[] {
  return files.map(({ conversation, position, at, kept }) => ({ conversation, position, rank: by === "latest" ? at : kept })).sort(compared)
}

const compared = (a: Ranked, b: Ranked) => b.rank - a.rank || (a.conversation < b.conversation ? -1 : a.conversation > b.conversation ? 1 : b.position - a.position)

export async function listed({ messages }: Engine, ranked: readonly Ranked[], from: FileMark | null, limit: number): Promise<{ files: MessageView[]; next: FileMark | null }> {
  const left = from === null ? ranked : ranked.filter((one) => compared(from, one) < 0)
  const files: MessageView[] = []
  for (const { conversation, position } of left.slice(0, limit)) {
    const stored = await messages.at(conversation, position)
    if (stored !== null) files.push(messages.bare(stored))
  }
  return { files, next: left.length > limit ? left[limit - 1]! : null }
}
