/** Under Trusted Types, scripts start from URLs that a named policy let through. Ours let one URL through each. */

interface Policies {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): unknown }
}

export function scriptPolicy(name: "engine" | "stretch" | "backup" | "picture" | "sw", only: string): string {
  const types = (globalThis as { trustedTypes?: Policies }).trustedTypes
  if (!types) return only
  const policy = types.createPolicy(name, {
    createScriptURL(url) {
      if (url !== only) throw new TypeError("not the script of this policy")
      return url
    },
  })
  // TypeScript's DOM types take strings only.
  return policy.createScriptURL(only) as string
}
