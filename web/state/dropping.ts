/** A file that is held over the window, and let fall there. */
import { onBeforeUnmount, onMounted, shallowRef } from "vue"

/** True while one is. */
export function useDropping(mayTake: () => boolean, take: (files: Iterable<File>) => void) {
  const held = shallowRef(false)
  const bringsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true && mayTake() && document.querySelector("dialog[open]") === null
  function onDrag(event: DragEvent): void {
    if (!bringsFiles(event)) return
    // Dropped beside it, the browser would go to the file.
    event.preventDefault()
    held.value = event.type === "dragover"
    if (event.type === "drop") take(event.dataTransfer?.files ?? [])
  }
  const onDragLeave = (event: DragEvent) => event.relatedTarget === null && (held.value = false)
  const drags = [["dragover", onDrag], ["drop", onDrag], ["dragleave", onDragLeave]] as const
  onMounted(() => drags.forEach(([name, hear]) => document.addEventListener(name, hear)))
  onBeforeUnmount(() => drags.forEach(([name, hear]) => document.removeEventListener(name, hear)))
  return held
}
