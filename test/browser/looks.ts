/** What is asked of every screen of the app, in each language and form in which the walks go through them. */
import type { Browser, BrowserContextOptions, Page } from "@playwright/test"
import { expect } from "@playwright/test"
import { authenticator } from "./authenticator.ts"
import type { Demo } from "./demo.ts"
import { findings } from "./findings.ts"
import { brokenWords, cutOff, smallTargets, unseenFocus } from "./measures.ts"

export const PHONE = { width: 360, height: 740 }
export const DESK = { locale: "en", viewport: { width: 1440, height: 900 } }

export type Look = (page: Page, name: string) => Promise<void>

/** With REACH_PICTURES set to a folder, what is looked at is kept there as pictures. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.REACH_PICTURES
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` })
}

/** With all rules of axe, or some. */
const lookBy = (rules?: string[]): Look => async (page, name) => {
  await page.evaluate(() => document.fonts.ready)
  await picture(page, name)
  expect.soft(await findings(page, rules), `${name}, axe`).toEqual([])
  await measure(page, name)
}

export const look = lookBy()

/** Only colours: for what was looked at in another theme by all rules. */
const lookAtColours = lookBy(["color-contrast"])

async function measure(page: Page, name: string): Promise<void> {
  expect.soft(await cutOff(page), `${name}, cut off`).toEqual([])
  expect.soft(await brokenWords(page), `${name}, broken words`).toEqual([])
  expect.soft(await smallTargets(page), `${name}, targets`).toEqual([])
}

/** And again with letters of twice the size. */
const twice = (first: Look): Look => async (page, name) => {
  await first(page, name)
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"))
  await picture(page, `${name}-200`)
  expect.soft(await cutOff(page), `${name}, cut off at 200 %`).toEqual([])
  expect.soft(await brokenWords(page), `${name}, broken words at 200 %`).toEqual([])
  await page.evaluate(() => (document.documentElement.style.fontSize = ""))
}

export const lookTwice = twice(look)
export const lookAtColoursTwice = twice(lookAtColours)

/** At a desk, and again in the dark, and on a screen of 2560 px in the system's own colours, where the focus has to be seen without a shadow or a tint. */
const lookAtDesk: Look = async (page, name) => {
  await look(page, name)
  await page.emulateMedia({ colorScheme: "dark" })
  expect.soft(await findings(page, ["color-contrast"]), `${name}, axe in the dark`).toEqual([])
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" })
  await page.setViewportSize({ width: 2560, height: 1440 })
  await picture(page, `${name}-2560`)
  await measure(page, `${name} at 2560 px`)
  expect.soft(await unseenFocus(page), `${name}, focus`).toEqual([])
  await page.emulateMedia({ forcedColors: "none" })
  await page.setViewportSize(DESK.viewport)
}

/** Of each language one form. */
export const FORMS = [
  { language: "ar", direction: "rtl", form: "light, on a phone, and so with letters of twice the size", options: { locale: "ar", colorScheme: "light", viewport: PHONE }, seen: lookTwice },
  { language: "de", direction: "ltr", form: "dark, on a phone, and so with letters of twice the size", options: { locale: "de", colorScheme: "dark", viewport: PHONE }, seen: lookTwice },
  { language: "en", direction: "ltr", form: "light, at a desk, in the dark, and on a large screen in forced colours", options: { ...DESK, colorScheme: "light" }, seen: lookAtDesk },
] as const

export async function open(browser: Browser, demo: Demo, options: BrowserContextOptions, scene: string): Promise<Page> {
  const page = await (await browser.newContext({ reducedMotion: "reduce", serviceWorkers: "block", ...options })).newPage()
  await authenticator(page, true)
  await demo.open(page, scene)
  return page
}

/** Returns when the app has taken notice, so that nothing of the screen before is there any more. */
export const go = (page: Page, screen: string) =>
  page.evaluate(
    (to) =>
      new Promise<void>((done) => {
        addEventListener("hashchange", () => requestAnimationFrame(() => requestAnimationFrame(() => done())), { once: true })
        location.hash = to
      }),
    `#/${screen}`,
  )
