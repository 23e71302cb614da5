import { expect } from "@playwright/test"
import type { BrowserContext, BrowserType, Page } from "@playwright/test"
import { readlink } from "node:fs/promises"
import path from "node:path"

/** What is said where there is no network; and in Firefox of the inline styles with which Playwright takes pictures. */
const EXPECTED = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|Failed to fetch|blocked an inline style/

/** Is shown every screen that somebody comes to. */
export type Look = (page: Page, screen: string) => Promise<void>

/** Somebody with a browser of their own: profile folder, storage and service worker outlive a restart of the browser. */
export class BrowserPerson {
  readonly name: string
  readonly #type: BrowserType
  readonly #folder: string
  readonly #options: object
  readonly #url: string
  readonly #look: Look
  #context!: BrowserContext
  page!: Page
  /** What the page complained of: must stay empty. */
  readonly complaints: string[] = []

  constructor(type: BrowserType, options: object, folder: string, url: string, name: string, look: Look = async () => undefined) {
    this.#type = type
    this.#options = options
    this.#folder = folder
    this.#url = url
    this.#look = look
    this.name = name
  }

  async open(): Promise<void> {
    this.#context = await this.#type.launchPersistentContext(this.#folder, this.#options)
    this.page = this.#context.pages()[0] ?? (await this.#context.newPage())
    this.page.on("pageerror", (error) => this.#complain(error.message))
    this.page.on("console", (message) => message.type() === "error" && this.#complain(message.text()))
    await this.page.goto(this.#url)
  }

  #complain(text: string): void {
    if (!EXPECTED.test(text)) this.complaints.push(text)
  }

  async close(): Promise<void> {
    await this.#context.close()
  }

  /** Chromium ends at once, as when the machine runs out of memory: nothing in it is asked or told. */
  async kill(): Promise<void> {
    const ended = this.#context.waitForEvent("close")
    // `host-pid`: by this the browser itself sees that the profile is in use.
    const lock = await readlink(path.join(this.#folder, "SingletonLock"))
    process.kill(Number(lock.slice(lock.lastIndexOf("-") + 1)), "SIGKILL")
    await ended
  }

  async setOffline(offline: boolean): Promise<void> {
    await this.#context.setOffline(offline)
  }

  /** What the page shows now is looked at. */
  look = (screen: string): Promise<void> => this.#look(this.page, `${this.name}, ${screen}`)

  button = (name: string | RegExp) => this.page.getByRole("button", { name, exact: true }).filter({ visible: true }).first()

  /** The list of conversations: where everything begins. */
  async home(): Promise<void> {
    await this.page.goto(`${this.#url}#/`)
    await expect(this.page.getByRole("region", { name: "Conversations" })).toBeVisible()
  }

  async begin(): Promise<void> {
    await expect(this.page.getByLabel("Your name")).toBeVisible()
    await this.look("welcome")
    await this.page.getByLabel("Your name").fill(this.name)
    await this.button("Start").click()
    await expect(this.page.getByRole("heading", { name: "Nobody here yet" }).filter({ visible: true }).first()).toBeVisible()
    await this.look("nobody yet")
  }

  /** The fast profile: a slot a second. */
  async hurry(): Promise<void> {
    await this.button(/^Network/).click()
    await this.page.getByRole("radio", { name: /Fast/ }).check({ force: true })
    await this.look("network")
    await this.home()
  }

  /** Makes a contact code for somebody and returns it once it can be given away. */
  async makeCode(name: string): Promise<string> {
    await this.#newContact("Show my code")
    await this.page.getByLabel("Who is it for?").fill(name)
    await this.look("who a code is for")
    await this.button("Make a code").click()
    const text = this.page.getByLabel("Contact code", { exact: true })
    await expect(text).toBeVisible({ timeout: 60_000 })
    await this.look("code")
    return (await text.innerText()).match(/\b[A-Z2-7]{4}\b/g)?.join("") ?? ""
  }

  async enterCode(code: string, name: string): Promise<void> {
    await this.#newContact("Enter or scan a code")
    await this.page.getByLabel("Contact code or link").fill(code)
    await this.page.getByLabel("Name", { exact: true }).fill(name)
    await this.look("somebody's code")
    await this.button("Add contact").click()
  }

  /** The two ways to a contact stand on the first screen as long as there is nobody, and behind a button from then on. */
  async #newContact(way: string): Promise<void> {
    await this.home()
    const first = this.page.getByRole("heading", { name: "Nobody here yet" }).filter({ visible: true })
    if ((await first.count()) === 0) {
      await this.button("New contact").click()
      await expect(this.page.getByRole("heading", { name: "New contact" })).toBeVisible()
      await this.look("new contact")
    }
    await this.button(new RegExp(`^${way}`)).click()
  }

  /** Lets in who answered the code on the page that is open. */
  async letIn(): Promise<void> {
    await this.page.getByRole("radio", { name: /We met in person/ }).check({ force: true, timeout: 120_000 })
    await this.look("somebody who answered")
    await this.button("Let them in").click()
  }

  async write(text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Message" }).fill(text)
    await this.page.keyboard.press("Enter")
    await expect(this.message(text)).toBeVisible()
  }

  /** The bubble with this text. */
  message(text: string) {
    return this.page.getByRole("log").getByRole("article").filter({ hasText: text })
  }
}
