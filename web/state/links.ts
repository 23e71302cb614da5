/** Finds addresses of the web in texts. What finds them is loaded with the first text that may hold one; nothing of what is found is ever fetched. */
import { shallowRef } from "vue"
import type { FoundLink } from "./text-pieces.ts"

type Find = (text: string) => FoundLink[]

/** So many in one text: whoever wrote it must not say how much there is to draw. */
const LINKS = 50

const find = shallowRef<Find | null>(null)
let loading = false

async function load(): Promise<void> {
  loading = true
  const { LinkifyIt } = await import("linkify-it")
  const matcher = new LinkifyIt({ fuzzyEmail: false, fuzzyIP: false })
  for (const other of ["ftp:", "mailto:", "//"]) matcher.add(other, null)
  find.value = (text) =>
    (matcher.match(text) ?? []).slice(0, LINKS).map(({ index, lastIndex, url, schema }) => ({
      from: index,
      to: lastIndex,
      // Who writes a host alone means the safe way to it.
      url: schema === "" ? url.replace(/^http:/, "https:") : url,
    }))
}

/** None until they can be found; then whoever asked is drawn once more. */
export function linksIn(text: string): readonly FoundLink[] {
  if (!/[^\s.]\.[^\s.]|:\/\//.test(text)) return []
  if (find.value !== null) return find.value(text)
  // Where it cannot be had, texts stay texts until the next one asks.
  if (!loading) void load().catch(() => (loading = false))
  return []
}

/** The link that was followed: a sheet tells where it leads, before it opens. */
export const followed = shallowRef<string | null>(null)
