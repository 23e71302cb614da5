import { expect } from "@playwright/test"
import type { BrowserContext, BrowserType, Page } from "@playwright/test"

/** What is said where there is no network; and in Firefox of the inline styles with which Playwright takes pictures. */
const EXPECTED = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|Failed to fetch|blocked an inline style/

/** Somebody with a browser of their own: profile folder, storage and service worker outlive a restart of the browser. */
export class BrowserPerson {
  readonly name: string
  readonly #type: BrowserType
  readonly #folder: string
  readonly #options: object
  readonly #url: string
  #context!: BrowserContext
  page!: Page
  /** What the page complained of: must stay empty. */
  readonly complaints: string[] = []

  constructor(type: BrowserType, options: object, folder: string, url: string, name: string) {
    this.#type = type
    this.#options = options
    this.#folder = folder
    this.#url = url
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

  async setOffline(offline: boolean): Promise<void> {
    await this.#context.setOffline(offline)
  }

  async begin(): Promise<void> {
    await this.page.getByLabel("Your name").fill(this.name)
    await this.page.getByRole("button", { name: "Start", exact: true }).click()
    await expect(this.page.getByRole("heading", { name: "Nobody here yet" })).toBeVisible()
  }

  /** The fast profile: a slot a second. */
  async hurry(): Promise<void> {
    await this.page.goto(`${this.#url}#/network`)
    await this.page.getByRole("radio", { name: /Fast/ }).check({ force: true })
    await this.page.goto(`${this.#url}#/`)
  }

  /** Makes a contact code for somebody and returns it once it can be given away. */
  async makeCode(name: string): Promise<string> {
    await this.page.goto(`${this.#url}#/invite`)
    await this.page.getByLabel("Who is it for?").fill(name)
    await this.page.getByRole("button", { name: "Make a code" }).click()
    const text = this.page.getByLabel("Contact code", { exact: true })
    await expect(text).toBeVisible({ timeout: 60_000 })
    return (await text.innerText()).match(/\b[A-Z2-7]{4}\b/g)?.join("") ?? ""
  }

  async enterCode(code: string, name: string): Promise<void> {
    await this.page.goto(`${this.#url}#/add`)
    await this.page.getByLabel("Contact code or link").fill(code)
    await this.page.getByLabel("Name", { exact: true }).fill(name)
    await this.page.getByRole("button", { name: "Add contact" }).click()
  }

  async letIn(): Promise<void> {
    await this.page.getByRole("radio", { name: /We met in person/ }).check({ force: true, timeout: 120_000 })
    await this.page.getByRole("button", { name: "Let them in" }).click()
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
