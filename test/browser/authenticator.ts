import type { Page } from "@playwright/test"

/** A security key, or a phone's screen lock, that says yes as long as its holder is there. */
export async function authenticator(page: Page, hasPrf: boolean) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send("WebAuthn.enable")
  const options = { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf } as const
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options })
  return {
    holder: (isUserVerified: boolean) => devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    credentials: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
  }
}
