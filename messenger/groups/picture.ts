import { ROOM_PICTURE_MAX } from "../mls/room.ts"

/** How files of these kinds begin: bytes from a place on. */
const SIGNS: readonly (readonly [at: number, sign: string])[][] = [
  [[0, "\x89PNG\r\n\x1a\n"]],
  [[0, "\xff\xd8\xff"]],
  [[0, "RIFF"], [8, "WEBP"]],
  [[4, "ftypavif"]],
]

/** Whether this user may make it the picture of a group: small, and of a kind that others show. What others have set is not asked this, but looked at by whoever shows it. */
export function isGroupPicture(bytes: Uint8Array): boolean {
  const begins = (at: number, sign: string) => String.fromCharCode(...bytes.subarray(at, at + sign.length)) === sign
  return bytes.length > 0 && bytes.length <= ROOM_PICTURE_MAX && SIGNS.some((all) => all.every(([at, sign]) => begins(at, sign)))
}
