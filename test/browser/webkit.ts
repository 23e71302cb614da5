import type { ChildProcess } from "node:child_process"
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { freePort } from "./free-port.ts"

const DRIVER = "/usr/bin/WebKitWebDriver"
const XVFB = "/usr/bin/Xvfb"
const BROWSERS = ["4.1", "6.0", "4.0"].map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`)
/** The key under which WebDriver names an element (W3C WebDriver, section 12.1). */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
const PATIENCE = 60_000

export const hasWebKit = (): boolean => [DRIVER, XVFB].every((file) => existsSync(file)) && BROWSERS.some((file) => existsSync(file))

/**
 * WebKitGTK's small browser, driven by the plain requests of W3C WebDriver, as no tool that we use for the others can drive it. Its storage lies in
 * `folder`. It has one page.
 */
export class WebKit {
  readonly #processes: readonly ChildProcess[]
  readonly #session: string

  private constructor(processes: readonly ChildProcess[], session: string) {
    this.#processes = processes
    this.#session = session
  }

  static async open(folder: string): Promise<WebKit> {
    const binary = BROWSERS.find((file) => existsSync(file))!
    const places = Object.fromEntries(["HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"].map((name) => [name, path.join(folder, name)]))
    for (const place of Object.values(places)) await mkdir(place, { recursive: true, mode: 0o700 })
    const screen = spawn(XVFB, ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] })
    const display = await new Promise<string>((resolve, reject) => {
      screen.once("error", reject).once("exit", (code) => reject(new Error(`Xvfb has ended with ${code}.`)))
      screen.stdio[3]!.once("data", (line: Buffer) => resolve(line.toString().trim()))
    })
    const port = await freePort()
    const env = { ...process.env, ...places, DISPLAY: `:${display}`, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1" }
    const driver = spawn(DRIVER, [`--port=${port}`, "--host=127.0.0.1"], { stdio: "ignore", env })
    const server = `http://127.0.0.1:${port}/session`
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": { binary, args: ["--automation"] } } }
    for (let tries = 0; ; tries++) {
      try {
        const { sessionId } = (await ask(server, { capabilities })) as { sessionId: string }
        return new WebKit([driver, screen], `${server}/${sessionId}`)
      } catch (error) {
        if (tries === 50) throw error
        await sleep(200)
      }
    }
  }

  async close(): Promise<void> {
    await fetch(this.#session, { method: "DELETE" }).catch(() => undefined)
    for (const one of this.#processes) one.kill()
  }

  goto(url: string): Promise<unknown> {
    return ask(`${this.#session}/url`, { url })
  }

  reload(): Promise<unknown> {
    return ask(`${this.#session}/refresh`, {})
  }

  /** What a script, the body of a function, returns in the page; also of a promise. */
  run(script: string, ...args: unknown[]): Promise<unknown> {
    return ask(`${this.#session}/execute/sync`, { script, args })
  }

  /** Waits until the XPath finds something that is to be seen. */
  async find(xpath: string, patience = PATIENCE): Promise<string> {
    const end = Date.now() + patience
    for (;;) {
      const found = (await ask(`${this.#session}/elements`, { using: "xpath", value: xpath })) as Record<string, string>[]
      for (const element of found) if (await this.run("return arguments[0].checkVisibility()", element)) return element[ELEMENT]!
      if (Date.now() > end) throw new Error(`Nothing is shown at ${xpath}; the page says: ${await this.words()}`)
      await sleep(200)
    }
  }

  /** What the page says, and what it would say if its details were opened. */
  async words(): Promise<string> {
    const words = await this.run("return [document.body.innerText, ...[...document.querySelectorAll('details')].map((one) => one.textContent)].join('\\n')")
    return String(words).slice(0, 4000)
  }

  async click(xpath: string): Promise<void> {
    const id = await this.find(xpath)
    await this.run("arguments[0].scrollIntoView({ block: 'center' })", { [ELEMENT]: id })
    await ask(`${this.#session}/element/${id}/click`, {})
  }

  async type(xpath: string, text: string): Promise<void> {
    await ask(`${this.#session}/element/${await this.find(xpath)}/value`, { text })
  }

  async picture(): Promise<Buffer> {
    return Buffer.from((await ask(`${this.#session}/screenshot`, null)) as string, "base64")
  }
}

async function ask(url: string, body: object | null): Promise<unknown> {
  const answer = await fetch(url, body === null ? {} : { method: "POST", body: JSON.stringify(body) })
  const { value } = (await answer.json()) as { value: unknown }
  if (!answer.ok) throw new Error(JSON.stringify(value))
  return value
}
