import AxeBuilder from "@axe-core/playwright"
import type { Page } from "@playwright/test"

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/**
 * What axe has to say against the page as it stands, or some of its rules. There are no frames, so that it need not be put together in a second page, and what
 * is in the page already is not sent again: both together are most of the time that it takes otherwise.
 */
export async function findings(page: Page, runOnly = TAGS): Promise<string[]> {
  // What still comes in is half transparent.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity).map(({ finished }) => finished)))
  const isThere = await page.evaluate("typeof axe === 'object'")
  const builder = new AxeBuilder({ page, ...(isThere ? { axeSource: ";" } : {}) })
  const { violations } = await builder.options({ runOnly, resultTypes: ["violations"] }).setLegacyMode().analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)
}
