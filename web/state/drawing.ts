/** Draws pictures anew before they are sent: the page's end of the worker that does it. */
import type { DrawnPicture, FromPictures, ToPictures } from "../engine/picture-protocol.ts"
import url from "../engine/picture-worker.ts?worker&url"
import { HEAD_LENGTH, pictureFormat } from "./picture-format.ts"
import { scriptPolicy } from "./trusted.ts"

let script: string | null = null

/** Null where it is none that this browser reads, or has more pixels than it can bear. */
export async function drawAnew(file: Blob): Promise<DrawnPicture | null> {
  const known = pictureFormat(new Uint8Array(await file.slice(0, HEAD_LENGTH).arrayBuffer()))
  // Others, as some phones write them, a browser may read as well; it is the user's own.
  if (known === null && !/^image\/(?:hei[cf]|bmp|tiff)$/.test(file.type)) return null
  script ??= scriptPolicy("picture", url)
  const worker = new Worker(script, { type: "module", name: "sotto-picture" })
  return new Promise<DrawnPicture | null>((done) => {
    worker.onerror = () => done(null)
    worker.onmessage = ({ data }: MessageEvent<FromPictures>) => done(data.drawn)
    worker.postMessage({ file } satisfies ToPictures)
  }).finally(() => worker.terminate())
}
