import { expect, test } from "vitest"
import { fileWords, kindOf } from "../../web/state/file-kind.ts"
import { soundType } from "../../web/state/sound-format.ts"
import { saying } from "../../web/state/saying.ts"
import { en } from "../../web/text/en/index.ts"
import { minutes } from "../../web/text/time.ts"
import { sound } from "./fake-pictures.ts"
import { message } from "./views.ts"

const named = (mediaType: string, name = "a") => ({ name, mediaType })

test("pictures of a few kinds are shown, and never one that can hold a script", () => {
  for (const type of ["image/png", "IMAGE/JPEG", "image/webp", "image/gif", "image/avif"]) expect(kindOf(named(type))).toBe("picture")
  for (const type of ["image/svg+xml", "text/html", "image/tiff", "application/xhtml+xml"]) expect(kindOf(named(type))).not.toBe("picture")
})

test("a sound without a name is a voice note", () => {
  expect(kindOf(named("audio/webm;codecs=opus", ""))).toBe("voice")
  expect(kindOf(named("audio/mpeg", "song.mp3"))).toBe("sound")
})

test("in a line a file is what it is called, or what it is, beside what is written", () => {
  expect(fileWords(named("application/pdf", "report.pdf"))).toBe("report.pdf")
  expect(fileWords(named("image/png", "IMG_2041.png"))).toBe(en.files.kinds.picture)
  const attachment = { ...named("image/png"), size: 1, state: "ready", done: 1, of: 1, thumbnail: null, expires: 0 } as const
  expect(saying(message(1, { text: "", attachment }))).toBe("Picture")
  expect(saying(message(1, { text: "The lake", attachment }))).toBe("Picture · The lake")
  expect(saying(message(1, { text: "", deleted: 1, attachment }))).toBe(en.acts.deleted)
})

test("a sound is one by its bytes, not by what it is called", () => {
  expect(soundType(sound(1))).toBe("audio/wav")
  expect(soundType(Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3))).toBe("audio/webm")
  expect(soundType(new TextEncoder().encode("<!doctype html>"))).toBeNull()
  expect(soundType(new Uint8Array(0))).toBeNull()
})

test("a length of time is told as players tell it", () => {
  expect([0, 7.9, 60, 754].map((seconds) => minutes("en", seconds))).toEqual(["0:00", "0:07", "1:00", "12:34"])
})
