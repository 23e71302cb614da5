import { readFileSync } from "node:fs"
import path from "node:path"
import { build } from "esbuild"
import { root } from "../../cli/bin/node.mjs"
import type { NodeKind } from "./kinds.ts"
import { kinds } from "./kinds.ts"

const entries = Object.fromEntries(Object.entries(kinds).map(([kind, { entry }]) => [kind, path.join(root, entry)])) as Record<NodeKind, string>

/**
 * Bundles mix.js, dropbox.js and directory.js, and the WebAssembly that they import: what Cloudflare runs, made by the same bundler. With other entry
 * points than the workers' own where a bench has something to count around them.
 */
export async function buildWorkers(outDir: string, entryPoints: Readonly<Record<NodeKind, string>> = entries): Promise<void> {
  await build({
    entryPoints,
    outdir: outDir,
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    // workerd hands a module of WebAssembly over compiled, and compiles none at run time.
    loader: { ".wasm": "copy" },
    assetNames: "[name]-[hash]",
    minify: true,
    logLevel: "warning",
  })
}

/** Names of the files that a bundle consists of: itself first, then its modules of WebAssembly. */
export function bundleFiles(bundleDir: string, kind: NodeKind): string[] {
  const script = `${kind}.js`
  const text = readFileSync(path.join(bundleDir, script), "utf8")
  return [script, ...new Set([...text.matchAll(/["']\.\/([\w.-]+\.wasm)["']/g)].map(([, name]) => name!))]
}
