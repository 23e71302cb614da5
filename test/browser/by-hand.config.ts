// `npx playwright test -c test/browser/by-hand.config.ts`, with `node scripts/n.mjs` before it and "large-picture" or "group-of-five" behind it: these take as long as the packets do.
import { defineConfig } from "@playwright/test"
import config from "../../playwright.config.ts"

export default defineConfig({ ...config, testDir: ".", testMatch: /(large-picture|group-of-five)\.ts$/, projects: config.projects?.filter(({ name }) => name === "chromium").map(({ use }) => ({ name: "chromium", use })) })
