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
