/** A group of people in browsers and at the command line. */
import { expect } from "@playwright/test"
import type { BrowserPerson } from "./person.ts"
import type { TerminalPerson } from "./terminal.ts"
import { ARRIVAL } from "./walk.ts"

/** KeyPackages go from contact to contact at random times, invitations after them. */
const INVITATION = { timeout: 400_000 }

/** Makes a group of contacts, who are let in as soon as they can be. */
export async function found(founder: BrowserPerson, group: string, members: readonly string[]): Promise<void> {
  const { page } = founder
  await founder.home()
  await founder.button("New group").click()
  await page.getByLabel("Name of the group").fill(group)
  for (const name of members) await page.getByRole("checkbox", { name: new RegExp(name) }).check()
  await founder.look("new group")
  await founder.button("Make the group").click()
  await expect(founder.message(`You made the group “${group}”.`)).toBeVisible()
}

/** Is asked before anything of the group is shown, and accepts. */
export async function join(guest: BrowserPerson, group: string): Promise<void> {
  const { page } = guest
  await guest.home()
  await page.getByRole("link", { name: new RegExp(`^${group}`) }).click(INVITATION)
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveCount(0)
  await guest.look("invitation into a group")
  await guest.button("Accept").click()
  await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible()
}

export async function joinAtTerminal(guest: TerminalPerson, group: string): Promise<void> {
  await expect.poll(guest.isInvited, INVITATION).toBe(true)
  await guest.run("group", "accept", group)
}

const saying = ({ name }: { readonly name: string }) => `${name} is here`

/** Each writes to all at once, and has what all others have written. */
export async function writeToAll(group: string, inBrowsers: readonly BrowserPerson[], atTerminals: readonly TerminalPerson[]): Promise<void> {
  const all = [...inBrowsers, ...atTerminals]
  const others = (one: { readonly name: string }) => all.filter(({ name }) => name !== one.name)
  await Promise.all([
    ...inBrowsers.map(async (one) => {
      await one.home()
      await one.page.getByRole("link", { name: new RegExp(`^${group}`) }).click()
      await one.write(saying(one))
      for (const other of others(one)) await expect(one.page.getByRole("article", { name: new RegExp(`^~?${other.name}.*, ${saying(other)}`) })).toBeVisible(ARRIVAL)
      await one.look("group")
    }),
    ...atTerminals.map(async (one) => {
      await one.run("send", group, saying(one))
      for (const other of others(one)) await expect.poll(() => one.hasHeard(other.name, saying(other)), ARRIVAL).toBe(true)
    }),
  ])
}
