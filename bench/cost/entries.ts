import { mkdir, writeFile } from "node:fs/promises"
import path from "node:path"
import { root } from "../../cli/bin/node.mjs"
import { buildWorkers } from "../../scripts/nodes/bundles.ts"
import type { NodeKind } from "../../scripts/nodes/kinds.ts"
import { kinds } from "../../scripts/nodes/kinds.ts"

/** Bundles of the nodes as they are, with counting.ts around them. Returns the folder. */
export async function countedWorkers(folder: string): Promise<string> {
  const sources = path.join(folder, "entries")
  const bundles = path.join(folder, "bundles")
  await mkdir(sources, { recursive: true })
  const all = Object.entries(kinds).map(async ([kind, { entry, objects }]) => {
    const file = path.join(sources, `${kind}.js`)
    const lines = [
      `import { counted, countedFront } from ${JSON.stringify(path.join(root, "bench/cost/counting.ts"))}`,
      `import * as real from ${JSON.stringify(path.join(root, entry))}`,
      ...objects.map(({ className }) => `export const ${className} = counted("${className}", real.${className})`),
      "export default countedFront(real.default)",
    ]
    await writeFile(file, `${lines.join("\n")}\n`)
    return [kind, file]
  })
  await buildWorkers(bundles, Object.fromEntries(await Promise.all(all)) as Record<NodeKind, string>)
  return bundles
}
