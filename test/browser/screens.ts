/** What `npm run screenshots` takes pictures of. */
import type { Page } from "@playwright/test"
import type { Site } from "./site.ts"

export interface Screen {
  readonly name: string
  /** Where in the app; where the page stands if not given. */
  readonly at?: string
  /** What is done there first. The picture is of the page that is returned, if it is another. */
  readonly act?: (page: Page, site: Site) => Promise<Page | void>
  /** 768 px too, where the layout is not that of 360 or of 1440 px. */
  readonly widths?: readonly (360 | 768 | 1440)[]
  /** Per cent of the letters' usual size. */
  readonly letters?: number
  readonly scene?: string
  readonly locale?: string
  /** The banners that are not put off. */
  readonly banners?: readonly string[]
  /** With the service worker. */
  readonly served?: boolean
}

/** A key on a message, and until what it opens is there. */
async function press(page: Page, message: RegExp, key: string, opens: string): Promise<void> {
  await page.getByRole("article", { name: message }).first().press(key)
  await page.locator(opens).first().waitFor()
}

const ALL = [360, 768, 1440] as const

/** Screens of one life in full, in the order of a walk. */
export const SCREENS: readonly Screen[] = [
  { name: "conversations", at: "", widths: ALL },
  { name: "conversation", at: "conversation/mira", widths: ALL, act: (page) => page.getByRole("article").first().waitFor() },
  { name: "conversation-arabic-name", at: "conversation/layla" },
  { name: "conversation-identity-changed", at: "conversation/noor" },
  { name: "conversation-failed", at: "conversation/jo" },
  { name: "conversation-answered", at: "conversation/answered" },
  { name: "message", at: "conversation/mira/message/mira-136", act: (page) => page.getByRole("dialog").waitFor() },
  {
    name: "link",
    at: "conversation/mira",
    act: async (page) => {
      await page.getByRole("article").getByRole("link").first().click()
      await page.getByRole("dialog").waitFor()
    },
  },
  {
    name: "forward",
    at: "conversation/mira/message/mira-136",
    act: async (page) => {
      await page.getByRole("button", { name: "Forward" }).click()
      await page.getByRole("dialog", { name: "Forward to" }).waitFor()
    },
  },
  {
    name: "selection",
    at: "conversation/layla",
    act: async (page) => {
      await page.getByRole("article").last().press("Space")
      await page.locator(".selection").waitFor()
    },
  },
  { name: "acts", at: "conversation/kaya", widths: ALL, act: (page) => page.getByRole("article", { name: /Found it/ }).waitFor() },
  { name: "acts-first", at: "conversation/kaya/at/1", act: (page) => page.getByRole("article", { name: /^Kaya, Shall we walk/ }).waitFor() },
  {
    name: "acts-bar",
    at: "conversation/kaya",
    widths: [1440],
    act: async (page) => {
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.getByRole("article", { name: /Found it/ }).hover()
      await page.locator(".bar").getByRole("button").first().waitFor()
    },
  },
  { name: "acts-reply", at: "conversation/kaya", widths: ALL, act: (page) => press(page, /third stone/, "r", ".composing") },
  { name: "acts-edit", at: "conversation/kaya", widths: ALL, act: (page) => press(page, /Found it/, "e", ".composing") },
  { name: "acts-react", at: "conversation/kaya", act: (page) => press(page, /The river\./, "+", "dialog[open]") },
  { name: "acts-delete", at: "conversation/kaya", act: (page) => press(page, /The river\./, "Delete", "dialog[open]") },
  {
    name: "acts-history",
    at: "conversation/kaya",
    act: async (page) => {
      await page.getByRole("article", { name: /thermos/ }).getByRole("button", { name: "edited" }).click()
      await page.getByRole("dialog").getByText("Ten at the lock").waitFor()
    },
  },
  { name: "acts-sheet", at: "conversation/kaya", act: (page) => press(page, /The river\./, "Enter", "dialog[open]") },
  { name: "acts-timer", at: "contact/kaya", act: (page) => page.getByRole("combobox").scrollIntoViewIfNeeded() },
  { name: "new-contact", at: "new" },
  { name: "invite", at: "invite" },
  { name: "contact-code", at: "contact/wait", widths: ALL },
  { name: "add", at: "add" },
  {
    name: "add-mistyped",
    at: "add",
    act: (page) => page.getByLabel("Contact code or link").fill("K7QM2XWTNB4VZR6HJ3PYC5DFXXX8LSEU9KQ27MXTWB4NVRZ6HP3JYD5CFAG8LUES"),
  },
  { name: "contact", at: "contact/mira" },
  { name: "safety-number", at: "safety/mira", act: (page) => page.locator(".pane .frame").getByText("30471").waitFor() },
  { name: "contact-ask", at: "contact/ask" },
  { name: "contact-changed", at: "contact/noor" },
  { name: "contact-blocked", at: "contact/tom" },
  { name: "contact-failed", at: "contact/bad" },
  {
    name: "search",
    at: "search",
    act: async (page) => {
      await page.getByRole("searchbox").fill("ferry")
      await page.locator(".pane .hit").first().waitFor()
    },
  },
  { name: "network", at: "network", widths: ALL },
  { name: "ledger", at: "ledger", widths: ALL },
  { name: "settings", at: "settings", widths: ALL },
  { name: "help", at: "help" },
  { name: "share-gone", at: "share" },
  {
    name: "keys",
    at: "settings",
    act: async (page) => {
      await page.keyboard.press("Control+/")
      await page.getByRole("dialog").waitFor()
    },
  },
  {
    name: "places",
    at: "settings",
    act: async (page) => {
      await page.keyboard.press("Control+k")
      await page.getByRole("dialog").waitFor()
    },
  },
  {
    name: "erase",
    at: "settings",
    act: async (page) => {
      await page.getByRole("button", { name: "Erase everything" }).click()
      await page.getByRole("dialog").waitFor()
    },
  },
  { name: "letters-200-conversations", at: "", letters: 200, widths: [360] },
  { name: "letters-200-conversation", at: "conversation/mira", letters: 200, widths: [360] },
  { name: "letters-200-acts", at: "conversation/kaya", letters: 200, widths: [360] },
  { name: "letters-200-acts-reply", at: "conversation/kaya", letters: 200, widths: [360], act: (page) => press(page, /third stone/, "r", ".composing") },
  { name: "letters-200-settings", at: "settings", letters: 200, widths: [360] },
  { name: "letters-200-network", at: "network", letters: 200, widths: [360] },
]

/** Each in a browser of its own. */
export const STATES: readonly Screen[] = [
  { name: "welcome", scene: "welcome", widths: ALL },
  { name: "empty", scene: "empty", widths: ALL },
  { name: "offline", scene: "offline", at: "conversation/mira" },
  { name: "clock-off", scene: "clock" },
  { name: "one-operator", scene: "one", at: "network" },
  { name: "another-copy", scene: "copy", at: "conversation/echo" },
  { name: "backup-stale", banners: ["backup-later"] },
  { name: "backup-stale-letters-200", banners: ["backup-later"], letters: 200, widths: [360] },
  { name: "not-kept", banners: ["keep-later"] },
  {
    name: "locked",
    at: "settings",
    act: async (page) => {
      await page.getByLabel("Passphrase", { exact: true }).fill("nine wet umbrellas")
      await page.getByRole("button", { name: "Set the passphrase" }).click()
      await page.getByRole("button", { name: "Lock now" }).click()
      await page.getByRole("heading", { name: "Locked" }).waitFor()
    },
  },
  {
    name: "other-tab",
    act: async (page) => {
      const second = await page.context().newPage()
      await second.goto(page.url())
      await second.locator("h1").waitFor()
      return second
    },
  },
  { name: "failed-first-start", scene: "unreachable" },
  { name: "failed-description", scene: "nonsense" },
  { name: "failed-broken", scene: "broken" },
  {
    name: "update-ready",
    served: true,
    act: async (page, site) => {
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
      site.publish("index.html", (text) => text.replace("<title>", "<title>New "))
      await page.reload()
      await page.getByRole("button", { name: "Later" }).waitFor()
      site.reset()
    },
  },
  {
    name: "share",
    served: true,
    act: async (page, site) => {
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
      await page.reload()
      // As a system hands it over: a navigation that comes from nowhere.
      await page.goto("about:blank")
      await page.setContent(`<form method="post" action="${site.url}share"><input name="text" value="The ferry leaves at seven"><input name="url" value="https://example.org/ferry"><button>Share</button></form>`)
      await page.getByRole("button").click()
      await page.getByText("The ferry leaves at seven").waitFor()
    },
  },
]

async function ofMember(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole("button", { name: `What to do with ${name}` }).click()
  if (action !== "") await page.getByRole("dialog").getByRole("button", { name: action }).click()
  await page.getByRole("dialog").waitFor()
}

/** What is done with one who is in the group, or with those who could be, by its words in another language. */
async function inWords(page: Page, action: string, isOfMember: boolean): Promise<void> {
  if (isOfMember) await page.locator(".person-button").filter({ hasText: "Jo" }).first().click()
  await page.getByRole("button", { name: action }).click()
  await page.locator("dialog[open] .button.primary").waitFor()
}

/** Conversations of many, and people who get to know each other through others; in one life, as the first. */
export const GROUPS: readonly Screen[] = [
  { name: "group-conversation", at: "conversation/harbour", widths: ALL, act: (page) => page.getByRole("article").first().waitFor() },
  { name: "group-past", at: "conversation/garden", widths: ALL, act: (page) => page.getByRole("article").first().waitFor() },
  { name: "group-owner", at: "group/harbour", widths: ALL },
  { name: "group-member", at: "group/garden" },
  { name: "group-admin", at: "group/bicycles" },
  { name: "group-removed", at: "group/choir" },
  { name: "group-give-past", at: "group/harbour", widths: ALL, act: (page) => ofMember(page, "Jo", "Give what was said before") },
  { name: "group-invitation", at: "conversation/reading", widths: ALL },
  { name: "group-new", at: "new-group", widths: ALL },
  { name: "group-dialog-contact", at: "group/harbour", widths: ALL, act: (page) => ofMember(page, "Jo", "") },
  { name: "group-dialog-stranger", at: "group/harbour", act: (page) => ofMember(page, "Dan Abara", "") },
  { name: "group-privately", at: "group/harbour", widths: ALL, act: (page) => ofMember(page, "Dan Abara", "Message privately") },
  {
    name: "group-invite",
    at: "group/harbour",
    widths: ALL,
    act: async (page) => {
      await page.getByRole("button", { name: "Invite contacts" }).click()
      await page.getByRole("dialog").waitFor()
    },
  },
  {
    name: "group-places",
    at: "group/harbour",
    act: async (page) => {
      await page.keyboard.press("Control+k")
      await page.getByRole("dialog").waitFor()
    },
  },
  { name: "introductions-list", at: "", widths: ALL },
  { name: "introduction-offered", at: "introduction/offer", widths: ALL },
  { name: "introduction-wanted", at: "introduction/wish" },
  { name: "introduction-ended", at: "introduction/over" },
  {
    name: "introduce",
    at: "contact/mira",
    widths: ALL,
    act: async (page) => {
      await page.getByRole("button", { name: "Introduce to somebody" }).click()
      await page.getByRole("dialog").waitFor()
    },
  },
  {
    name: "introduction-open",
    at: "introduction/wish",
    widths: ALL,
    act: async (page) => {
      await page.getByRole("button", { name: "Introduce them" }).click()
      await page.getByRole("status").filter({ hasText: "Waits" }).waitFor()
    },
  },
]

/** The same in other words: lengths and directions. */
export const WORDS: readonly Screen[] = [
  { name: "german-network", locale: "de", at: "network" },
  { name: "german-settings-200", locale: "de", at: "settings", letters: 200, widths: [360] },
  { name: "arabic-conversation", locale: "ar", at: "conversation/mira" },
  { name: "arabic-acts", locale: "ar", at: "conversation/kaya" },
  { name: "german-acts-reply", locale: "de", at: "conversation/kaya", act: (page) => press(page, /third stone/, "r", ".composing") },
  { name: "german-group-give-past", scene: "groups", locale: "de", at: "group/harbour", widths: ALL, act: (page) => inWords(page, "Früheres zu lesen geben", true) },
  { name: "german-group-invite", scene: "groups", locale: "de", at: "group/harbour", widths: ALL, act: (page) => inWords(page, "Kontakte einladen", false) },
  { name: "arabic-group-give-past", scene: "groups", locale: "ar", at: "group/harbour", widths: ALL, act: (page) => inWords(page, "إعطاؤه ما قيل من قبل", true) },
  { name: "arabic-group-invite", scene: "groups", locale: "ar", at: "group/harbour", widths: ALL, act: (page) => inWords(page, "دعوة جهات اتصال", false) },
  { name: "arabic-network", locale: "ar", at: "network", widths: [360] },
]
