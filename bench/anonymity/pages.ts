/** The page with each table between its marks, `<!-- simulate:NAME -->` and `<!-- /simulate -->`. Throws where the page asks for a table that there is not. */
export function filled(page: string, tables: Readonly<Record<string, string>>): string {
  return page.replace(/(<!-- simulate:([a-z-]+) -->)\n[^]*?(<!-- \/simulate -->)/g, (_, begin: string, name: string, end: string) => {
    const table = Object.hasOwn(tables, name) ? tables[name] : undefined
    if (table === undefined) throw new Error(`There is no table ${name}.`)
    return `${begin}\n${table}\n${end}`
  })
}
