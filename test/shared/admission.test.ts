import { expect, test } from "vitest"
import { concat, toHex, WireError } from "../../shared/bytes.ts"
import type { AdmissionRequest } from "../../shared/directory/admission.ts"
import { ADMISSION_MAX, openAdmission, signAdmission } from "../../shared/directory/admission.ts"
import { publicEd25519, signEd25519 } from "../../shared/ed25519.ts"
import { utf8 } from "../../shared/text.ts"
import { seeded } from "../nodes/seeded.ts"
import { flipped, replaced } from "./codec.ts"

const seed = seeded("operator")(32)
const key = publicEd25519(seed)
const authority = new Uint8Array(32).fill(7)
const admission = { url: "https://one.example/mix", role: "mix", layer: 2, operator: "Zoë", provider: "p" } as const
const admit: AdmissionRequest = { time: 0x0102030405, authority, action: "admit", admission, force: false }
const remove: AdmissionRequest = { time: 5, authority, action: "remove", url: "http://127.0.0.1:8081" }
const signed = (body: Uint8Array) => concat(body, signEd25519(seed, concat(utf8("sotto v1 admit"), body)))

test("a request comes back as it was signed", async () => {
  const dropbox = { ...admission, role: "dropbox", layer: 0 } as const
  for (const request of [admit, remove, { ...admit, force: true }, { ...admit, admission: dropbox }]) {
    expect(await openAdmission(signAdmission(seed, request), key)).toEqual(request)
  }
})

test("it lies in its bytes as specified", () => {
  const head = `010000000102030405${"07".repeat(32)}`
  expect(toHex(signAdmission(seed, admit)).startsWith(`${head}01000102${toHex(concat(Uint8Array.of(0, 23), utf8(admission.url)))}`)).toBe(true)
  expect(toHex(signAdmission(seed, remove)).slice(18 + 64, 18 + 64 + 6)).toBe("020015")
})

test("signed by somebody else, or with a bit flipped, it is not the operator's", async () => {
  const bytes = signAdmission(seed, admit)
  expect(await openAdmission(signAdmission(seeded("x")(32), admit), key)).toBeNull()
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const opened = await openAdmission(flipped(bytes, bit), key).catch((error: unknown) => error)
    expect(opened === null || opened instanceof WireError, `bit ${bit}`).toBe(true)
  }
  const body = bytes.slice(0, -64)
  expect(await openAdmission(concat(body, signEd25519(seed, concat(utf8("sotto v1 descriptor"), body))), key)).toBeNull()
})

test("of another length, version, action, role, layer or form it is malformed, though it is signed", async () => {
  const body = signAdmission(seed, admit).slice(0, -64)
  const broken = [
    replaced(body, 0, 2),
    replaced(body, 41, 3),
    replaced(body, 42, 2),
    replaced(body, 43, 3),
    replaced(body, 44, 0),
    replaced(body, 44, 4),
    replaced(body, 47, 0x78),
    body.slice(0, -1),
    concat(body, Uint8Array.of(0)),
  ]
  for (const bytes of broken) await expect(openAdmission(signed(bytes), key)).rejects.toThrow(WireError)
  for (let length = 0; length < body.length + 64; length++) await expect(openAdmission(signAdmission(seed, admit).slice(0, length), key)).rejects.toThrow(WireError)
  await expect(openAdmission(new Uint8Array(ADMISSION_MAX + 1), key)).rejects.toThrow(WireError)
})
