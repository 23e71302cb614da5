/** Reading QR codes from pictures. Loaded when a picture is there to be read. */
import { decodeQR } from "qr/decode.js"

/** Larger pictures are made smaller: a code with less than two dots per module is unreadable anyway. */
const LARGEST = 1600

function pixels(source: CanvasImageSource, width: number, height: number): ImageData | null {
  const scale = Math.min(1, LARGEST / Math.max(width, height))
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)))
  const context = canvas.getContext("2d", { willReadFrequently: true })
  if (!context) return null
  context.drawImage(source, 0, 0, canvas.width, canvas.height)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

function decode(image: ImageData | null): string | null {
  try {
    return image && decodeQR(image)
  } catch {
    // The library throws where it finds no code.
    return null
  }
}

export const readFrame = (video: HTMLVideoElement): string | null =>
  video.videoWidth === 0 ? null : decode(pixels(video, video.videoWidth, video.videoHeight))

export async function readPicture(file: Blob): Promise<string | null> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch {
    return null
  }
  const text = decode(pixels(bitmap, bitmap.width, bitmap.height))
  bitmap.close()
  return text
}
