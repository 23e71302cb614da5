/** The app on an engine of canned data, opened in one of its scenes. */
import type { Page } from "@playwright/test"
import { startDemo as start } from "./demo.ts"

export interface Demo {
  readonly url: string
  /** Opens the app in one of the scenes of test/web/fake-messenger.ts. */
  open(page: Page, scene: string): Promise<void>
  close(): Promise<void>
}

export async function startDemo(): Promise<Demo> {
  const { url, stop } = await start()
  return {
    url,
    close: stop,
    async open(page, scene) {
      const json = { name: `Demo ${scene}`.trim(), authorities: [{ key: "00", url: "http://localhost" }], threshold: 1, directories: ["http://localhost/"], echo: "/echo" }
      await page.context().route("**/network.json", (route) => route.fulfill({ json }))
      await page.goto(url)
    },
  }
}
