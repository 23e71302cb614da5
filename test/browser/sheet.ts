const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")

/** A page that shows all pictures, each screen in a row of its own. `files`: NAME-WIDTH-THEME.png, those of one name together. */
export function sheet(files: readonly string[]): string {
  const rows = Map.groupBy(files, (file) => file.replace(/-\d+-\w+\.png$/, ""))
  const row = ([name, pictures]: [string, string[]]) =>
    `<section id="${escaped(name)}"><h2>${escaped(name)}</h2>${pictures.map((file) => `<a href="${escaped(file)}"><img src="${escaped(file)}" alt="${escaped(file)}" loading="lazy"></a>`).join("")}</section>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sotto: all screens</title>
<style>
body { margin: 2rem; font: 1rem system-ui; background: #8d9496; }
section { display: flex; flex-wrap: wrap; align-items: start; gap: 1rem; margin-block-end: 2rem; }
h2 { inline-size: 100%; margin: 0; font-size: 1rem; }
img { display: block; block-size: 24rem; }
</style>
${[...rows].map(row).join("\n")}
</html>
`
}

/** The pictures of docs/design.md. */
export const DOCS: readonly { readonly name: string; readonly screens: readonly string[]; readonly height: number }[] = [
  { name: "design-phone", screens: ["conversations-360-light", "conversation-360-light", "message-360-light", "contact-code-360-light"], height: 440 },
  { name: "design-dark", screens: ["welcome-360-dark", "network-360-dark", "ledger-360-dark", "settings-360-dark"], height: 440 },
  { name: "design-desk", screens: ["conversation-1440-light"], height: 560 },
  { name: "design-states", screens: ["empty-360-light", "offline-360-light", "update-ready-360-light", "locked-360-light"], height: 440 },
]

/** The pictures of the app's manifest (vite.config.ts). */
export const MANIFEST = [
  { name: "screen-narrow", screen: "conversation-360-light" },
  { name: "screen-wide", screen: "conversation-1440-light" },
] as const

/** `pictures`: PNG files in base64. */
export function strip(pictures: readonly string[], height: number): string {
  const images = pictures.map((picture) => `<img src="data:image/png;base64,${picture}" alt="">`).join("")
  return `<!doctype html><style>body { margin: 0; } main { display: inline-flex; gap: 16px; padding: 16px; background: #c9cdce; } img { height: ${height}px; border-radius: 8px; }</style><main>${images}</main>`
}
