import { expect, test } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { en } from "../../web/text/en/index.ts"
import { hasWebKit, WebKit } from "./webkit.ts"

const button = (name: string) => `//button[contains(normalize-space(), ${JSON.stringify(name)})]`
const said = (text: string) => `//*[@role="log"]//article[contains(., ${JSON.stringify(text)})]`
const MESSAGE = `//textarea`

test("in WebKit the app loads, adds a contact, sends and receives, and opens when its server is gone", async () => {
  test.skip(!hasWebKit() && process.env.CI === undefined, "WebKitGTK is not installed here (Debian: apt-get install webkit2gtk-driver xvfb)")
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-webkit-"))
  const network = await startRealNetwork({ echo: true })
  let isUp = true
  const webkit = await WebKit.open(folder)
  try {
    await webkit.goto(network.url)
    await webkit.type(`//input[@id=//label[contains(., "Your name")]/@for]`, "Anna")
    await webkit.click(`//button[normalize-space()="Start"]`)
    await webkit.find(`//h1[contains(., "Nobody here yet")] | //h2[contains(., "Nobody here yet")]`)
    await webkit.goto(`${network.url}/#/network`)
    await webkit.click(`//label[.//input[@type="radio"] and contains(., "Fast")]`)
    await webkit.goto(`${network.url}/#/`)
    await webkit.click(button("Say hello to Echo"))
    await webkit.type(MESSAGE, "Hello from WebKit\uE007")
    await webkit.find(`(${said("Hello from WebKit")})[2]`, 120_000)
    expect(await webkit.run("return navigator.serviceWorker.ready.then(() => crossOriginIsolated)")).toBe(true)
    // A packet that cannot be built is lost and hardly missed: it must be said.
    expect(await webkit.words()).not.toContain(en.engine.trouble)
    await stopRealNetwork(network)
    isUp = false
    await webkit.reload()
    await webkit.find(said("Hello from WebKit"))
  } catch (error) {
    await test.info().attach("page", { body: await webkit.picture(), contentType: "image/png" })
    throw error
  } finally {
    await webkit.close()
    if (isUp) await stopRealNetwork(network)
    await rm(folder, { recursive: true, force: true })
  }
})
