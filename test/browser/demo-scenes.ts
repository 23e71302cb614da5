/** The app on an engine of canned data, built and served: for what needs no network. */
import type { BrowserContext, Page } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { build, preview } from "vite"

const configFile = path.join(import.meta.dirname, "..", "..", "vite.config.ts")

export interface Demo {
  readonly url: string
  /** Opens the app in one of the scenes of test/web/fake-messenger.ts. */
  open(page: Page, scene?: string): Promise<void>
  close(): Promise<void>
}

export async function startDemo(): Promise<Demo> {
  const outDir = await mkdtemp(path.join(tmpdir(), "sotto-demo-"))
  const common = { configFile, mode: "demo", logLevel: "error" } as const
  await build({ ...common, build: { outDir, emptyOutDir: true } })
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: "127.0.0.1" } })
  const url = server.resolvedUrls!.local[0]!
  return {
    url,
    async open(page, scene = "") {
      await nameNetwork(page.context(), `Demo ${scene}`.trim())
      await page.goto(url)
    },
    async close() {
      await server.close()
      await rm(outDir, { recursive: true, force: true })
    },
  }
}

const nameNetwork = (context: BrowserContext, name: string) =>
  context.route("**/network.json", (route) =>
    route.fulfill({ json: { name, authorities: [{ key: "00", url: "http://localhost" }], threshold: 1, directories: ["http://localhost/"], echo: "/echo" } }),
  )
