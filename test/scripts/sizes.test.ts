import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { appFolder, freshApp } from "../../scripts/network/fresh.ts"
import { buildWorkers, bundleFiles } from "../../scripts/nodes/bundles.ts"
import { kinds } from "../../scripts/nodes/kinds.ts"
import type { NodeKind } from "../../scripts/nodes/kinds.ts"

/** Bytes, gzipped: a tenth more than they are. What is to be larger is argued where its budget is raised. */
const WORKERS: Record<NodeKind, number> = { mix: 50_000, dropbox: 50_000, directory: 39_000 }
/** All JavaScript of the app, its largest file, and all its styles; the first load has a budget of its own in test/browser/app.spec.ts. */
const APP = { scripts: 560_000, largest: 79_000, styles: 29_000 }

const packed = (file: string) => gzipSync(readFileSync(file), { level: 9 }).length

test("no worker is larger than its budget", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sotto-sizes-"))
  try {
    await buildWorkers(folder)
    for (const kind of Object.keys(kinds) as NodeKind[]) {
      const size = bundleFiles(folder, kind).reduce((sum, file) => sum + packed(path.join(folder, file)), 0)
      expect(size, `${kind}: ${size} bytes of ${WORKERS[kind]}`).toBeLessThan(WORKERS[kind])
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("the app as a whole is no larger than its budget", async () => {
  await freshApp(() => undefined)
  const files = readdirSync(appFolder, { recursive: true, encoding: "utf8" })
  const sizes = (end: string) => files.filter((file) => file.endsWith(end)).map((file) => packed(path.join(appFolder, file)))
  const sum = (all: readonly number[]) => all.reduce((sum, size) => sum + size, 0)
  const measured = { scripts: sum(sizes(".js")), largest: Math.max(...sizes(".js")), styles: sum(sizes(".css")) }
  for (const name of ["scripts", "largest", "styles"] as const) expect(measured[name], `${name}: ${measured[name]} bytes of ${APP[name]}`).toBeLessThan(APP[name])
})
