import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { build, preview } from "vite"

export interface Demo {
  readonly url: string
  stop(): Promise<void>
}

/** The app on an engine of canned data (`vite --mode demo`), built and served as the real one is. */
export async function startDemo(): Promise<Demo> {
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-demo-"))
  const options = { configFile: path.join(import.meta.dirname, "..", "..", "vite.config.ts"), mode: "demo", logLevel: "error" } as const
  await build({ ...options, build: { outDir: folder, emptyOutDir: true, minify: false } })
  const server = await preview({ ...options, build: { outDir: folder }, preview: { port: 0, host: "127.0.0.1" } })
  return {
    url: server.resolvedUrls!.local[0]!,
    stop: async () => {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
