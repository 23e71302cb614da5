/** Whether the first bytes of a file are those of a sound that browsers play, whatever its sender calls it. Pure. */
const SIGNS: readonly (readonly [type: string, at: number, sign: string])[] = [
  ["audio/webm", 0, "\x1aE\xdf\xa3"],
  ["audio/ogg", 0, "OggS"],
  ["audio/mp4", 4, "ftyp"],
  ["audio/wav", 8, "WAVE"],
  ["audio/mpeg", 0, "ID3"],
  ["audio/mpeg", 0, "\xff\xfb"],
]

export function soundType(head: Uint8Array): string | null {
  const is = (at: number, sign: string) => [...sign].every((letter, i) => head[at + i] === letter.charCodeAt(0))
  return SIGNS.find(([, at, sign]) => is(at, sign))?.[0] ?? null
}
