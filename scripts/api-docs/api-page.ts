import ts from "typescript"
import type { Declaration, Member } from "./declarations.ts"
import { branchesOf, exportsOf, line, membersOf, memberType, signatureOf } from "./declarations.ts"

const MAIN = "messenger/index.ts"
/** The other entries of the package, by the name that they are imported with. */
const ENTRIES: Readonly<Record<string, string>> = {
  "@sotto/messenger/node": "messenger/platform/nodejs/parts.ts",
  "@sotto/messenger/node/file-store": "messenger/platform/nodejs/file-store.ts",
  "@sotto/messenger/browser": "messenger/platform/browser/parts.ts",
  "@sotto/messenger/browser/indexeddb-store": "messenger/platform/browser/indexeddb-store.ts",
}
const HEAD = `# The API of @sotto/messenger

What each of these is for, and how they fit together, is told in [messenger/README.md](../messenger/README.md). This page is made from the
comments in the code by \`npm run api-docs\`; change it there.`

/** docs/api.md, from the code below \`root\`. */
export function apiPage(root: string): string {
  const all = exportsOf(root, MAIN)
  const of = (name: string) => all.find((one) => one.name === name)!
  const isError = ({ node }: Declaration) => ts.isClassDeclaration(node)
  const isFunction = ({ node }: Declaration) => ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node)
  const [commands, events, messenger] = [of("Commands"), of("MessengerEvent"), of("Messenger")]
  const apart = new Set([commands, events, messenger, ...all.filter((one) => isError(one) || isFunction(one))])
  const rest = all.filter((one) => !apart.has(one))
  const isPort = ({ file }: Declaration) => file === "messenger/ports.ts"
  return [
    HEAD,
    "## Functions and constants",
    ...all.filter(isFunction).map(functionOf),
    "## The messenger",
    messenger.doc,
    methods(messenger),
    "## Commands",
    commands.doc,
    ...membersOf(commands.node).map(({ name, doc }) => command(commands.node, name, doc)),
    "## Events",
    events.doc,
    eventTable(events),
    "## Ports",
    ...rest.filter(isPort).map(type),
    "## Errors",
    ...all.filter(isError).map(type),
    "## Views and words",
    ...rest.filter((one) => !isPort(one)).sort((a, b) => (a.name < b.name ? -1 : 1)).map(type),
    ...Object.entries(ENTRIES).flatMap(([entry, file]) => [`## ${entry}`, ...exportsOf(root, file).map(functionOf)]),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n")
}

/** Names of all commands of the API. */
export function commandNames(root: string): string[] {
  return membersOf(exportsOf(root, MAIN).find(({ name }) => name === "Commands")!.node).map(({ name }) => name)
}

/** Whatever of the public names has no comment: "Commands send", "Clock now" … */
export function undocumented(root: string): string[] {
  const all = [...exportsOf(root, MAIN), ...Object.values(ENTRIES).flatMap((file) => exportsOf(root, file))]
  return all.flatMap(({ name, doc, node }) => {
    const isShape = ts.isInterfaceDeclaration(node)
    const members = name === "Commands" || name === "Messenger" || (isShape && membersOf(node).some(isMethod)) ? membersOf(node) : []
    const branches = name === "MessengerEvent" ? branchesOf(node) : []
    return [
      ...(doc === "" ? [name] : []),
      ...members.filter((member) => member.doc === "").map((member) => `${name} ${member.name}`),
      ...branches.filter((branch) => branch.doc === "").map(({ type }) => `${name} ${line(type.getText())}`),
    ]
  })
}

function functionOf(declaration: Declaration): string {
  return [`### \`${signatureOf(declaration)}\``, declaration.doc].filter((part) => part !== "").join("\n\n")
}

function command(commands: ts.Node, name: string, doc: string): string {
  const type = memberType(commands, name)!
  const [takes, answers] = ["in", "out"].map((part) => line(memberType(type, part)!.getText()))
  const nothing = "Record<string, never>"
  const lines = [`- takes ${takes === nothing ? "`{}`" : code(takes!)}`, `- answers ${answers === nothing ? "`{}`" : code(answers!)}`]
  return [`### ${name}`, doc, lines.join("\n")].filter((part) => part !== "").join("\n\n")
}

function eventTable({ node }: Declaration): string {
  const rows = branchesOf(node).map(({ type, doc }) => {
    const members = membersOf(type)
    const name = members.find((member) => member.name === "type")!.type.replaceAll('"', "")
    const carries = members.filter((member) => member.name !== "type").map((member) => code(`${member.name}: ${member.type}`))
    return [code(name), carries.join(", "), doc]
  })
  return table(["event", "carries", "when"], rows)
}

function methods({ node }: Declaration): string {
  return membersOf(node).map(({ name, type, doc }) => `### \`${name}${type}\`\n\n${doc}`).join("\n\n")
}

function type({ name, doc, node }: Declaration): string {
  const parts = [`### ${name}`, doc]
  if (ts.isTypeAliasDeclaration(node)) parts.push(`\`\`\`ts\ntype ${node.name.text}${node.typeParameters ? `<${node.typeParameters.map((one) => one.getText()).join(", ")}>` : ""} = ${aliased(node)}\n\`\`\``)
  else {
    const members = membersOf(node)
    if (members.some(isMethod)) parts.push(members.map(({ name, type: of, doc }) => `- \`${name}${of}\`${doc === "" ? "" : `: ${doc.replace(/\s*\n\s*/g, " ")}`}`).join("\n"))
    else if (members.length > 0) parts.push(table(["field", "type", ""], members.map(({ name, type: of, doc }) => [code(name), code(of), doc])))
  }
  return parts.filter((part) => part !== "").join("\n\n")
}

function aliased({ type }: ts.TypeAliasDeclaration): string {
  if (!ts.isUnionTypeNode(type)) return line(type.getText())
  const branches = type.types.map((one) => line(one.getText()))
  const short = branches.join(" | ")
  return short.length <= 100 ? short : branches.map((one) => `\n  | ${one}`).join("")
}

const isMethod = ({ type: of }: Member) => /^[(<]/.test(of) && of.includes("(")
const code = (text: string) => `\`${text}\``
const cell = (text: string) => text.replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|")

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n")
}
