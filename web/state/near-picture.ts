/** A picture of a message on a canvas, as long as it is here and near the screen; until then what its message shows of it. */
import { onBeforeUnmount, shallowRef, watch } from "vue"
import type { Ref } from "vue"
import type { FileMessage } from "./file-kind.ts"
import { pictureOf } from "./files.ts"
import { useNear } from "./near.ts"
import { thumbnailFormat } from "./picture-format.ts"

/** How large it is drawn, in pixels. Where the sides are not those of the picture, its middle is. */
type Size = (picture: { readonly width: number; readonly height: number }) => { readonly width: number; readonly height: number }

interface Parts {
  readonly place: Readonly<Ref<HTMLElement | null>>
  readonly canvas: Readonly<Ref<HTMLCanvasElement | null>>
  readonly isHere: Readonly<Ref<boolean>>
  readonly size: Size
  /** It is no picture that can be shown. */
  readonly unfit?: () => void
}

export function useNearPicture(message: FileMessage, { place, canvas, isHere, size, unfit }: Parts) {
  const { thumbnail } = message.attachment
  const format = thumbnail && thumbnailFormat(thumbnail.bytes)
  const blurred = thumbnail && format && URL.createObjectURL(new Blob([thumbnail.bytes as Uint8Array<ArrayBuffer>], { type: format.type }))
  const near = useNear(place)
  const drawn = shallowRef(false)
  let reading: AbortController | null = null

  async function read(): Promise<void> {
    const { signal } = (reading = new AbortController())
    const picture = await pictureOf(message, signal).catch(() => null)
    const bitmap = picture && (await createImageBitmap(picture.file).catch(() => null))
    if (!signal.aborted && bitmap === null) unfit?.()
    const area = canvas.value
    if (bitmap !== null && area !== null && !signal.aborted) {
      const { width, height } = size(bitmap)
      const scale = Math.max(width / bitmap.width, height / bitmap.height)
      const [cutWidth, cutHeight] = [width / scale, height / scale]
      ;[area.width, area.height] = [width, height]
      const brush = area.getContext("2d")!
      brush.imageSmoothingQuality = "high"
      brush.drawImage(bitmap, (bitmap.width - cutWidth) / 2, (bitmap.height - cutHeight) / 2, cutWidth, cutHeight, 0, 0, width, height)
      drawn.value = true
    }
    bitmap?.close()
  }

  /** Far from the screen it takes no memory; and none at all when it is not here any more. */
  function clear(): void {
    reading?.abort()
    drawn.value = false
    if (canvas.value) canvas.value.width = canvas.value.height = 0
  }

  watch([near, isHere], ([isNear, isReady]) => (isNear && isReady ? void read() : clear()))
  onBeforeUnmount(() => {
    clear()
    if (blurred) URL.revokeObjectURL(blurred)
  })
  return { drawn, blurred, format }
}
