import { afterAll, expect, it, vi } from "vitest"

// From here on the platform's randomness does not exist, and the clock only for the test runner.
const platform = Object.getOwnPropertyDescriptor(globalThis, "crypto")!
Object.defineProperty(globalThis, "crypto", {
  configurable: true,
  get() {
    throw new Error("the platform's crypto was asked")
  },
})
const realNow = Date.now
vi.spyOn(Date, "now").mockImplementation(() => {
  if (/ts-mls|messenger\/mls/.test(new Error().stack ?? "")) throw new Error("the platform's clock was asked")
  return realNow()
})

afterAll(() => {
  Object.defineProperty(globalThis, "crypto", platform)
  vi.restoreAllMocks()
})

it("a conversation needs no randomness, WebCrypto or clock but what is handed in, and the same of these makes the same bytes", { timeout: 900_000 }, async () => {
  expect(() => globalThis.crypto).toThrow()
  const { createPair, NOW } = await import("./support.ts")
  const { utf8 } = await import("../../shared/text.ts")
  const { toHex } = await import("../../shared/bytes.ts")

  async function talk(): Promise<string[]> {
    const { mls, invited, joined, keyPackage } = await createPair("purity")
    expect(await mls.inspectKeyPackage(keyPackage.keyPackage, NOW)).not.toBeNull()
    const sealed = await mls.seal(invited.state, utf8("text"))
    const opened = await mls.open(joined.state, sealed.message)
    if (!opened.ok) throw new Error("not opened")
    return [keyPackage.keyPackage, invited.welcome, joined.state, sealed.message, opened.state].map(toHex)
  }

  expect(await talk()).toEqual(await talk())
})
