import { expect, test } from "vitest"
import { isFileName } from "../../messenger/attachments/file-name.ts"
import { sendableName, sendableType } from "../../web/state/file-name.ts"

test("what is called so that it leads elsewhere, hides or turns is sent under what is left of its name", () => {
  expect(sendableName("../../etc/passwd")).toBe("_.._etc_passwd")
  expect(sendableName("C:\\secret.txt")).toBe("C__secret.txt")
  expect(sendableName("photo\u202Egnp.exe")).toBe("photognp.exe")
  expect(sendableName(".bashrc")).toBe("bashrc")
  expect(sendableName("  two words.pdf ")).toBe("two words.pdf")
  expect(sendableName("كشف الحساب.csv")).toBe("كشف الحساب.csv")
  expect(sendableName("\u202E")).toBe("")
  expect(sendableName("")).toBe("")
})

test("a name that is too long keeps its ending, and whatever comes out can be sent", () => {
  const long = sendableName(`${"ü".repeat(300)}.tar.gz`)
  expect(long).toMatch(/^ü{100,}.*\.gz$/)
  for (const name of [long, "a".repeat(400), `${"👩‍🚀".repeat(60)}.png`, "a.", "...", "a\nb.txt", "e\u0301.txt", `${" ".repeat(300)}x`]) expect(isFileName(sendableName(name)), name).toBe(true)
})

test("a type that is none goes as bytes", () => {
  expect(["image/png", "audio/webm;codecs=opus", "", "text/html; charset=utf-8", "nonsense"].map(sendableType)).toEqual(["image/png", "audio/webm;codecs=opus", ...Array(3).fill("application/octet-stream")])
})
