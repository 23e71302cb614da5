/// <reference lib="webworker" />
/**
 * Draws a picture anew, smaller, beside the page: typing does not wait for it. What a camera or a program has written into the file (place, time, device, the
 * uncut picture) is not drawn, and so is gone.
 */
import type { DrawnPicture, FromPictures, ToPictures } from "./picture-protocol.ts"

declare const self: DedicatedWorkerGlobalScope

/** The longer side of what is sent. More is seldom seen, and each packet takes a second and more. */
const SIDE = 1600
const QUALITY = 0.78
/** Sides that are tried, until one fits into a message. */
const THUMBNAIL_SIDES = [40, 32, 24, 16]
const THUMBNAIL_QUALITY = 0.5
const THUMBNAIL_MOST = 2048

/** Of a group's picture, the middle of what was chosen: the first that is small enough. */
const SQUARE_SIDES = [96, 80, 64, 48]
const SQUARE_QUALITIES = [0.75, 0.6, 0.45]

async function drawn(file: Blob): Promise<DrawnPicture> {
  // As its metadata say that it is to be turned, which the copy then is.
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" })
  try {
    const { blob, width, height } = await encoded(bitmap, SIDE, QUALITY)
    return { file: blob, width, height, thumbnail: await thumbnail(bitmap) }
  } finally {
    bitmap.close()
  }
}

async function thumbnail(bitmap: ImageBitmap): Promise<DrawnPicture["thumbnail"]> {
  for (const side of THUMBNAIL_SIDES) {
    const { blob } = await encoded(bitmap, side, THUMBNAIL_QUALITY)
    if (blob.size <= THUMBNAIL_MOST) return { mediaType: blob.type, bytes: new Uint8Array(await blob.arrayBuffer()) }
  }
  return null
}

async function square(file: Blob): Promise<Uint8Array | undefined> {
  const whole = await createImageBitmap(file, { imageOrientation: "from-image" })
  const side = Math.min(whole.width, whole.height)
  const middle = await createImageBitmap(whole, Math.floor((whole.width - side) / 2), Math.floor((whole.height - side) / 2), side, side)
  whole.close()
  try {
    for (const wanted of SQUARE_SIDES)
      for (const quality of SQUARE_QUALITIES) {
        const { blob } = await encoded(middle, wanted, quality)
        if (blob.size <= THUMBNAIL_MOST) return new Uint8Array(await blob.arrayBuffer())
      }
    return undefined
  } finally {
    middle.close()
  }
}

/** WebP where the browser writes it, else JPEG, which has no transparency: there the paper is white. */
async function encoded(bitmap: ImageBitmap, side: number, quality: number): Promise<{ blob: Blob; width: number; height: number }> {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height))
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(1, Math.round(length * scale))) as [number, number]
  const draw = (paper: boolean) => {
    const area = new OffscreenCanvas(width, height)
    const brush = area.getContext("2d")!
    if (paper) {
      brush.fillStyle = "white"
      brush.fillRect(0, 0, width, height)
    }
    brush.imageSmoothingQuality = "high"
    brush.drawImage(bitmap, 0, 0, width, height)
    return area
  }
  const webp = await draw(false).convertToBlob({ type: "image/webp", quality })
  const blob = webp.type === "image/webp" ? webp : await draw(true).convertToBlob({ type: "image/jpeg", quality })
  return { blob, width, height }
}

self.onmessage = ({ data: { file, square: isSquare } }: MessageEvent<ToPictures>) => {
  const answer = (message: FromPictures) => self.postMessage(message)
  const made = isSquare ? square(file).then((bytes) => ({ drawn: null, ...(bytes && { square: bytes }) })) : drawn(file).then((picture) => ({ drawn: picture }))
  made.then(answer, () => answer({ drawn: null }))
}
