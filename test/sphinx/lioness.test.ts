import { readFileSync } from "node:fs"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import fc from "fast-check"
import { nobleLioness, wasmLioness } from "sphinx-packet"
import type { Lioness } from "sphinx-packet"
import { expect, test, vi } from "vitest"
import { LIONESS_MODULE, compileLioness } from "../../scripts/wasm/compile.ts"
import { seeded } from "./network.ts"

const bytes = readFileSync(LIONESS_MODULE)
const wasm = await wasmLioness(bytes)
const random = seeded("lioness")

interface Instantiated {
  readonly module: object
  readonly instance: { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer } } }
}

function both(key: Uint8Array, block: Uint8Array, direction: keyof Lioness): void {
  const [ours, theirs] = [block.slice(), block.slice()]
  wasm[direction](key, ours)
  nobleLioness[direction](key, theirs)
  expect(Buffer.compare(ours, theirs), `${direction}, ${block.length} bytes`).toBe(0)
}

test("the committed module is what its source gives", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "lioness-"))
  try {
    const file = path.join(folder, "lioness.wasm")
    await compileLioness(file)
    expect(Buffer.compare(await readFile(file), await readFile(LIONESS_MODULE))).toBe(0)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("the module does what noble does with blocks of every length up to 700 bytes, both ways", () => {
  for (let length = 33; length <= 700; length++) {
    const key = random(192)
    const block = random(length)
    both(key, block, "encrypt")
    both(key, block, "decrypt")
  }
})

test("and with long blocks, for which its memory has to grow, and with short ones behind them", () => {
  for (const length of [4113, 33, 65_535, 65_536, 65_537, 33, 200_000, 4113]) {
    const key = random(192)
    both(key, random(length), "encrypt")
    both(key, random(length), "decrypt")
  }
})

test("and with any key and any block", () => {
  const keys = fc.uint8Array({ minLength: 192, maxLength: 192 })
  const blocks = fc.uint8Array({ minLength: 33, maxLength: 5000, size: "max" })
  fc.assert(
    fc.property(keys, blocks, fc.constantFrom("encrypt", "decrypt"), (key, block, direction) => both(key, block, direction)),
    { numRuns: 300 },
  )
})

test("what one direction does the other undoes, in place", () => {
  for (const length of [33, 160, 161, 288, 289, 4113]) {
    const key = random(192)
    const block = random(length)
    const changed = block.slice()
    wasm.encrypt(key, changed)
    expect(changed).not.toEqual(block)
    wasm.decrypt(key, changed)
    expect(changed).toEqual(block)
  }
})

test("a block inside of a larger buffer is changed, and nothing around it", () => {
  const around = random(1000)
  const expected = around.slice()
  const key = random(192)
  nobleLioness.encrypt(key, expected.subarray(100, 900))
  wasm.encrypt(key, around.subarray(100, 900))
  expect(around).toEqual(expected)
})

test("two ciphers do not disturb each other", async () => {
  const other = await wasmLioness(bytes)
  const key = random(192)
  const [one, two] = [random(500), random(90_000)]
  const expected = one.slice()
  nobleLioness.encrypt(key, expected)
  other.encrypt(random(192), two)
  wasm.encrypt(key, one)
  expect(one).toEqual(expected)
})

test("neither key nor block is left in the memory of the module", async () => {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { instantiate(bytes: Uint8Array): Promise<Instantiated> } }
  const { module, instance } = await WebAssembly.instantiate(bytes)
  const { memory } = instance.exports
  const fresh = new Uint8Array(memory.buffer.slice(0))
  vi.stubGlobal("WebAssembly", { instantiate: async (source: unknown) => (source === module ? instance : null) })
  const cipher = await wasmLioness(module)
  vi.unstubAllGlobals()
  cipher.encrypt(random(192), random(4113))
  cipher.decrypt(random(192), random(1000))
  expect(Buffer.compare(new Uint8Array(memory.buffer), fresh)).toBe(0)
})

test.each(["encrypt", "decrypt"] as const)("a block that is too short and a key of another length are mistakes of the caller (%s)", (direction) => {
  for (const cipher of [nobleLioness, wasm]) {
    for (const length of [0, 1, 31, 32]) expect(() => cipher[direction](random(192), random(length))).toThrow(RangeError)
    expect(() => cipher[direction](random(191), random(100))).toThrow(RangeError)
  }
  expect(() => wasm[direction](random(193), random(100))).toThrow(RangeError)
})
