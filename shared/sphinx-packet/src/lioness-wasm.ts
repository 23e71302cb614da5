import { expectLength } from "./bytes.ts"
import { LIONESS_KEY_LENGTH, LIONESS_LEFT_LENGTH } from "./constants.ts"
import type { Lioness } from "./lioness.ts"

/** What ../wasm/lioness.ts exports. */
interface LionessExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /** Where key and block belong, and how many bytes behind the block are written, too. */
  keys(): number
  block(): number
  slack(): number
  encrypt(length: number): void
  decrypt(length: number): void
}

type Instance = { readonly exports: LionessExports }

/** What is needed of the platform's WebAssembly, so that this compiles without any platform's types. */
interface WebAssemblyApi {
  instantiate(source: object): Promise<Instance | { readonly instance: Instance }>
}

const PAGE_LENGTH = 65_536

/**
 * LIONESS in WebAssembly, ten times as fast as in JavaScript. `source` is `sphinx-packet/lioness.wasm`, as bytes or, where a
 * platform compiles no bytes (Workers), as the WebAssembly.Module that it makes of an import. How either is had differs from
 * platform to platform, and so it is handed in. Rejects where there is no WebAssembly with vectors (browsers before 2023).
 */
export async function wasmLioness(source: object): Promise<Lioness> {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi }
  const instantiated = await WebAssembly.instantiate(source)
  return lionessOf("instance" in instantiated ? instantiated.instance.exports : instantiated.exports)
}

function lionessOf(module: LionessExports): Lioness {
  const { memory } = module
  const [keys, block, slack] = [module.keys(), module.block(), module.slack()]
  let bytes = new Uint8Array(memory.buffer)

  function run(direction: keyof Lioness, key: Uint8Array, data: Uint8Array): void {
    expectLength(key, LIONESS_KEY_LENGTH, "a LIONESS key")
    if (data.length <= LIONESS_LEFT_LENGTH) throw new RangeError("a LIONESS block must be longer than 32 bytes")
    const missing = block + data.length + slack - bytes.length
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE_LENGTH))
      bytes = new Uint8Array(memory.buffer)
    }
    bytes.set(key, keys)
    bytes.set(data, block)
    module[direction](data.length)
    data.set(bytes.subarray(block, block + data.length))
    // The module itself forgets the key.
    bytes.fill(0, block, block + data.length + slack)
  }

  return {
    encrypt: (key, data) => run("encrypt", key, data),
    decrypt: (key, data) => run("decrypt", key, data),
  }
}
