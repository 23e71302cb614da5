/** The files on this device, a page at a time, and how much they take. */
import { computed, onScopeDispose, shallowRef, watch } from "vue"
import type { FileMark, StorageView } from "../../messenger/api.ts"
import { run } from "./engine.ts"
import { bringsFile, isHere } from "./file-kind.ts"
import type { FileMessage } from "./file-kind.ts"
import { whenGone } from "./found.ts"

const PAGE = 40

export type FileOrder = "latest" | "largest"

/** `conversation`: of one alone; "" for all. */
export function useStoredFiles(conversation: () => string, by: () => FileOrder) {
  const files = shallowRef<readonly FileMessage[]>([])
  const totals = shallowRef<readonly StorageView[]>([])
  const next = shallowRef<FileMark | null>(null)
  const looking = shallowRef(true)
  let turn = 0

  const count = () => run("storage", {}).then(({ conversations }) => (totals.value = conversations), () => undefined)

  async function look(from: FileMark | null): Promise<void> {
    const mine = ++turn
    looking.value = true
    const within = conversation()
    const found = await run("stored-files", { by: by(), limit: PAGE, ...(within !== "" && { conversation: within }), ...(from !== null && { from }) }).catch(() => null)
    if (mine !== turn) return
    looking.value = false
    files.value = [...(from === null ? [] : files.value), ...(found?.files.filter(bringsFile) ?? [])]
    next.value = found?.next ?? null
  }

  watch([conversation, by], () => void look(null), { immediate: true })
  void count()
  // Disappeared, deleted for everyone, or taken off the device: here or elsewhere in the app.
  onScopeDispose(
    whenGone((id, message) => {
      if (message !== null && bringsFile(message) && isHere(message)) return
      const left = files.value.filter((file) => file.id !== id)
      if (left.length === files.value.length) return
      files.value = left
      void count()
    }),
  )
  return { files, totals, looking, more: computed(() => next.value !== null), goOn: () => look(next.value) }
}
