/**
 * The page with each table between its marks, `<!-- MAKER:NAME -->` and `<!-- /MAKER -->`, where MAKER is the command that makes them, `simulate` or `bench`. Throws where the page asks for a table
 * that there is not.
 */
export function filled(page: string, maker: string, tables: Readonly<Record<string, string>>): string {
  return page.replace(new RegExp(`(<!-- ${maker}:([a-z-]+) -->)\\n[^]*?(<!-- /${maker} -->)`, "g"), (_, begin: string, name: string, end: string) => {
    const table = Object.hasOwn(tables, name) ? tables[name] : undefined
    if (table === undefined) throw new Error(`There is no table ${name}.`)
    return `${begin}\n${table}\n${end}`
  })
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}
