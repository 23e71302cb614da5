import { builtinModules } from "node:module"
import path from "node:path"
import ts from "typescript"
import type { Source } from "./sources.ts"

/** Imports point one way: what an area may import besides itself. design.md section 13. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  mix: ["shared"],
  dropbox: ["shared"],
  directory: ["shared"],
  messenger: ["shared"],
  web: ["shared", "messenger"],
  cli: ["shared", "messenger"],
  scripts: ["shared", "messenger", "cli", "web", "mix", "dropbox", "directory"],
  bench: ["shared", "messenger", "cli", "scripts", "mix", "dropbox", "directory", "test"],
  test: ["shared", "messenger", "cli", "web", "scripts", "mix", "dropbox", "directory", "bench"],
}
const PACKAGE = "shared/sphinx-packet/"
const PURE = ["shared", "mix", "dropbox", "directory", "messenger"]
/** Folders of these areas that know a platform. */
const IMPURE = /\/(worker|examples|platform)\//
const builtins = new Set(builtinModules)

/** A sentence for each import that points the wrong way. */
export function wrongImports(all: readonly Source[]): string[] {
  return all.flatMap(({ file, text }) => importsOf(file, text).flatMap((name) => objection(file, name) ?? []))
}

function importsOf(file: string, text: string): string[] {
  if (file.endsWith(".css")) return []
  const scripts = file.endsWith(".vue") ? [...text.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, script]) => script!) : [text]
  return scripts.flatMap((script) => ts.preProcessFile(script, true, true).importedFiles.map(({ fileName }) => fileName))
}

/** What is wrong with this import, as a sentence, or null. */
function objection(file: string, name: string): string | null {
  const area = file.split("/", 1)[0]!
  if (!name.startsWith(".")) {
    const platform = name.startsWith("node:") || name.startsWith("cloudflare:") || builtins.has(name)
    return platform && isPure(file, area) ? `${file} is of the pure core and imports ${name}.` : null
  }
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), name))
  if (file.startsWith(PACKAGE) && !target.startsWith(PACKAGE)) return `${file} is of a package usable on its own and imports ${target}.`
  if (isPure(file, area) && IMPURE.test(target)) return `${file} is of the pure core and imports ${target}, which is not.`
  const other = target.split("/", 1)[0]!
  if (other === area || MAY_IMPORT[area]!.includes(other) || !(other in MAY_IMPORT)) return null
  return `${file} imports ${target}, but ${area} does not import ${other}.`
}

function isPure(file: string, area: string): boolean {
  return PURE.includes(area) && !IMPURE.test(file)
}
