/** Draws pictures anew before they are sent: the page's end of the worker that does it. */
import type { DrawnPicture, FromPictures, ToPictures } from "../engine/picture-protocol.ts"
import url from "../engine/picture-worker.ts?worker&url"
import { HEAD_LENGTH, pictureFormat } from "./picture-format.ts"
import { scriptPolicy } from "./trusted.ts"

let script: string | null = null

/** Null where it is none that this browser reads, or has more pixels than it can bear. */
export const drawAnew = async (file: Blob): Promise<DrawnPicture | null> => (await ask({ file })).drawn

/** The small square that stands for a group; null as above. */
export const drawSquare = async (file: Blob): Promise<Uint8Array | null> => (await ask({ file, square: true })).square ?? null

async function ask(wanted: ToPictures): Promise<FromPictures> {
  const { file } = wanted
  const known = pictureFormat(new Uint8Array(await file.slice(0, HEAD_LENGTH).arrayBuffer()))
  // Others, as some phones write them, a browser may read as well; it is the user's own.
  if (known === null && !/^image\/(?:hei[cf]|bmp|tiff)$/.test(file.type)) return { drawn: null }
  script ??= scriptPolicy("picture", url)
  const worker = new Worker(script, { type: "module", name: "sotto-picture" })
  return new Promise<FromPictures>((done) => {
    worker.onerror = () => done({ drawn: null })
    worker.onmessage = ({ data }: MessageEvent<FromPictures>) => done(data)
    worker.postMessage(wanted)
  }).finally(() => worker.terminate())
}
