import { expect, test } from "vitest"
import { commonBox, commonFrom, commonOf, commonPieces, decodeInvitation, encodeInvitation } from "../../messenger/groups/invitation.ts"
import { newStreamKey, openBlock, ownStreamBox, sealBlock } from "../../shared/box.ts"
import { toHex, WireError } from "../../shared/bytes.ts"
import { blockOf } from "../../messenger/records.ts"
import { seeded } from "../nodes/seeded.ts"

const random = seeded("invitation")
const bytes = random(8000)
const { scalar, stream } = newStreamKey(random)
const context = random(32)
const invitation = { placement: random(32), commit: random(32), ...commonOf({ context, stream }, bytes), own: random(1246) }
const encoded = encodeInvitation(invitation)

test("whoever is invited finds and opens the boxes in which the others' part lies, and is told nothing by which these could be written", () => {
  const read = decodeInvitation(encoded)
  expect(read).toEqual(invitation)
  const pieces = commonPieces(bytes)
  expect(pieces.length).toBe(3)
  pieces.forEach((piece, i) => {
    const own = ownStreamBox(context, scalar, stream, i)
    const box = commonBox(read, i)
    expect(box.id).toEqual(own.id)
    expect(openBlock(box, sealBlock(own, blockOf({ type: "body", bytes: piece })))).not.toBeNull()
    expect(box).not.toHaveProperty("sign")
  })
  expect(toHex(encoded)).not.toContain(toHex(scalar))
  expect(commonFrom(read, pieces)).toEqual(bytes)
  expect(commonFrom(read, pieces.toReversed())).toBeNull()
})

test("an invitation is refused that is cut, too long, of another version, of nothing, or whose stream could be written by anybody", () => {
  const neutral = new Uint8Array(32).fill(1, 0, 1)
  const wrong = [
    encoded.slice(0, -1),
    new Uint8Array([...encoded, 0]),
    encoded.with(0, 2),
    encodeInvitation({ ...invitation, length: 0 }),
    encodeInvitation({ ...invitation, length: (1 << 17) + 1 }),
    encodeInvitation({ ...invitation, stream: neutral }),
    encodeInvitation({ ...invitation, stream: new Uint8Array(32).fill(255) }),
    encodeInvitation({ ...invitation, own: new Uint8Array(2049) }),
  ]
  for (const one of wrong) expect(() => decodeInvitation(one)).toThrow(WireError)
})
