import type { Page } from "@playwright/test"

/** What a person would see cut off: as sentences, to be empty. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found = new Set<string>()
    const say = (element: Element, what: string) => found.add(`${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""} “${(element.textContent ?? "").trim().slice(0, 40)}” ${what}`)
    const clips = (parent: Element | null) => parent !== null && getComputedStyle(parent).textOverflow === "ellipsis"
    if (document.documentElement.scrollWidth > innerWidth) say(document.body, `makes the page ${document.documentElement.scrollWidth - innerWidth} px too wide`)
    for (const element of document.querySelectorAll<HTMLElement>("body *:not(svg *)")) {
      if (!element.checkVisibility() || element.closest(".unseen") || clips(element.parentElement)) continue
      const box = element.getBoundingClientRect()
      const { overflowX, textOverflow, whiteSpace } = getComputedStyle(element)
      if (box.left < -1 || box.right > innerWidth + 1) say(element, `reaches from ${Math.round(box.left)} to ${Math.round(box.right)} of ${innerWidth} px`)
      // What people wrote may end in three dots, and the browser does so with the name of a file; what the app says may not.
      if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && overflowX !== "visible" && !(textOverflow === "ellipsis" && element.matches("bdi, .name, .names *")) && !element.matches("[type=file]")) say(element, `is ${element.scrollWidth - element.clientWidth} px wider than its place`)
      if (whiteSpace === "nowrap" && overflowX === "visible" && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) say(element, `runs ${element.scrollWidth - element.clientWidth} px out of its place`)
      // What only screen readers read, and the room for a finger around it.
      const hides = element.querySelector(".unseen") !== null || getComputedStyle(element, "::after").position === "absolute"
      if (!hides && element.matches("button, .button, label") && element.scrollHeight > element.clientHeight + 1 && element.clientHeight > 0) say(element, "is higher than its place")
    }
    return [...found]
  })

/**
 * Targets that are too small: under 24 px (WCAG 2.5.8) but for links inside of a sentence; or, of buttons and fields, under the 44 px
 * of the design.
 */
export const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary, [role=option]")].flatMap((element) => {
      if (!element.checkVisibility() || element.closest(".unseen")) return []
      const label = element.matches("input[type=radio], input[type=checkbox], input[type=file]") ? element.closest("label") : null
      const { width, height } = (label ?? element).getBoundingClientRect()
      const inSentence = element.matches("p a, li a") && getComputedStyle(element).display === "inline"
      const least = inSentence ? 0 : element.matches(".button, .icon-button, .input, [role=option]") || label ? 44 : 24
      // Half a pixel is rounding.
      return Math.min(width, height) < least - 0.5 ? [`${element.tagName.toLowerCase()}.${element.className} “${(label ?? element).textContent?.trim().slice(0, 30)}” is ${Math.round(width)} × ${Math.round(height)} px, not ${least}`] : []
    }),
  )

/**
 * Words of headings and buttons that are cut into two lines without a hyphen. In running text browsers part long words by the rules of the language, of which
 * those of tests have none. What people wrote breaks anywhere.
 */
export const brokenWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found = new Set<string>()
    const range = document.createRange()
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const parent = node.parentElement!
      if (!parent.closest("h1, h2, h3, legend, label, .label, .button, .what") || !parent.checkVisibility() || parent.closest(".unseen, .soft, .hint, bdi, .mono, [dir=auto], select, textarea")) continue
      // What a soft hyphen or another hyphen parts may be parted.
      for (const { 0: word, index } of node.textContent!.matchAll(/\p{L}{6,}/gu)) {
        // A hyphen that was put before it counts to its first letter.
        range.setStart(node, index + 1)
        range.setEnd(node, index + word.length)
        const lines = new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => Math.round(top)))
        if (lines.size > 1) found.add(`${parent.tagName.toLowerCase()}.${parent.className} “${word}” is broken`)
      }
    }
    return [...found]
  })

/** What the keyboard reaches without that one sees where it is, as in forced colours, where shadows and backgrounds are not. */
export const unseenFocus = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    const before = document.activeElement as HTMLElement | null
    const isOutlined = (element: Element | null) => {
      const { outlineStyle, outlineWidth } = element === null ? { outlineStyle: "none", outlineWidth: "0" } : getComputedStyle(element)
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1
    }
    for (const element of document.querySelectorAll<HTMLElement>("a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex='0']")) {
      // The first of a kind stands for all others.
      const kind = `${element.tagName.toLowerCase()}.${element.className}`
      if (!element.checkVisibility() || element.closest(".unseen") || found.some((one) => one.startsWith(`${kind} “`))) continue
      element.focus({ preventScroll: true })
      if (document.activeElement !== element || !element.matches(":focus-visible")) continue
      // A button that is drawn by what stands beside it.
      if (![element, element.closest("label"), element.nextElementSibling].some(isOutlined)) found.push(`${kind} “${(element.textContent ?? "").trim().slice(0, 30)}” has the focus unseen`)
    }
    before?.focus({ preventScroll: true })
    return found
  })
