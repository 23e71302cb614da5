import { execFile } from "node:child_process"
import path from "node:path"
import { promisify } from "node:util"
import { root } from "../../cli/bin/node.mjs"

const FOLDER = path.join(root, "shared/sphinx-packet/wasm")
/** The committed module, which is what the source beside it gives: a test compares them. */
export const LIONESS_MODULE = path.join(FOLDER, "lioness.wasm")

/** Memory laid out by the compiler, no garbage collector, and the vectors that all browsers have had since 2023. */
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"]

/** Writes what the source gives, which is the same bytes each time. Rejects with the compiler's words where the source has a mistake. */
export async function compileLioness(file: string): Promise<void> {
  // A process of its own, for the compiler's types would redefine those of the platform.
  const compiler = path.join(root, "node_modules/assemblyscript/bin/asc.js")
  await promisify(execFile)(process.execPath, [compiler, "lioness.ts", "--baseDir", FOLDER, "--outFile", path.relative(FOLDER, file), ...OPTIONS])
}
