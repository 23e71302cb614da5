import { readFileSync } from "node:fs"
import path from "node:path"
import ts from "typescript"

/** One exported name with what stands above it. */
export interface Declaration {
  readonly name: string
  /** Below the root, with slashes. */
  readonly file: string
  readonly doc: string
  readonly node: ts.DeclarationStatement | ts.VariableDeclaration
}

export interface Member {
  readonly name: string
  /** Its type, or the signature of a method, on one line. */
  readonly type: string
  readonly doc: string
}

/** All that a file exports by declaring it or by naming it from another file, in its order. */
export function exportsOf(root: string, file: string): Declaration[] {
  const found: Declaration[] = []
  const source = parsed(root, file)
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      const target = path.posix.join(path.posix.dirname(file), (statement.moduleSpecifier as ts.StringLiteral).text)
      const declared = new Map(exportsOf(root, target).map((one) => [one.name, one]))
      for (const { name } of statement.exportClause.elements) {
        const declaration = declared.get(name.text)
        if (declaration === undefined) throw new Error(`${target} does not export ${name.text}`)
        found.push(declaration)
      }
    }
    if (!isExported(statement)) continue
    if (ts.isVariableStatement(statement)) {
      for (const one of statement.declarationList.declarations) found.push({ name: one.name.getText(), file, doc: docOf(statement), node: one })
    } else if (isNamed(statement)) found.push({ name: statement.name!.text, file, doc: docOf(statement), node: statement })
  }
  return found
}

/** The fields and methods of an interface or class, or of a type in braces. */
export function membersOf(node: ts.Node): Member[] {
  const members = ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isTypeLiteralNode(node) ? node.members : []
  return [...members].flatMap((member) => {
    if (member.name === undefined || isInherited(member)) return []
    const name = ts.isStringLiteral(member.name) ? member.name.text : member.name.getText()
    if (ts.isMethodSignature(member)) return [{ name, type: line(member.getText().slice(member.name.getText().length)), doc: docOf(member) }]
    if ((ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) && member.type !== undefined)
      return [{ name: name + (member.questionToken ? "?" : ""), type: line(member.type.getText()), doc: docOf(member) }]
    return []
  })
}

/** The type of a member in braces, to look into. */
export function memberType(node: ts.Node, name: string): ts.TypeNode | undefined {
  const members = ts.isInterfaceDeclaration(node) || ts.isTypeLiteralNode(node) ? node.members : []
  const member = [...members].find((one) => one.name !== undefined && (ts.isStringLiteral(one.name) ? one.name.text : one.name.getText()) === name)
  return member && ts.isPropertySignature(member) ? member.type : undefined
}

/** The branches of a union, each with the comment above it. */
export function branchesOf(node: ts.Node): { type: ts.TypeNode; doc: string }[] {
  if (!ts.isTypeAliasDeclaration(node) || !ts.isUnionTypeNode(node.type)) return []
  return node.type.types.map((type) => ({ type, doc: commentBefore(type) }))
}

/** How a function is called or a constant is typed, without its body. */
export function signatureOf({ node, name }: Declaration): string {
  if (ts.isFunctionDeclaration(node)) {
    const end = node.body?.getStart() ?? node.end
    return line(node.getSourceFile().text.slice(node.name!.getStart(), end))
  }
  if (!ts.isVariableDeclaration(node)) return name
  if (node.type) return `${name}: ${line(node.type.getText())}`
  const value = node.initializer
  if (value && ts.isArrowFunction(value)) return `${name}(${value.parameters.map((one) => line(one.getText())).join(", ")})${value.type ? `: ${line(value.type.getText())}` : ""}`
  return `${name} = ${value?.getText() ?? ""}`
}

export function line(text: string): string {
  return text.replace(/\/\*\*.*?\*\/|\breadonly /gs, "").replace(/\s+/g, " ").replace(/(^|[=:(<,] ?)\| /g, "$1").trim()
}

function parsed(root: string, file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest, true)
}

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) && (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
}

function isNamed(statement: ts.Statement): statement is ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.ClassDeclaration | ts.FunctionDeclaration {
  return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)
}

function isInherited(member: ts.Node): boolean {
  return ts.canHaveModifiers(member) && (ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.OverrideKeyword) ?? false)
}

function docOf(node: ts.Node): string {
  const [last] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1)
  return last === undefined ? "" : (ts.getTextOfJSDocComment(last.comment) ?? "").trim()
}

/** The parser hangs comments of a union's branches on nothing. */
function commentBefore(node: ts.Node): string {
  const { text } = node.getSourceFile()
  const before = text.slice(0, node.getStart()).replace(/\|\s*$/, "").trimEnd()
  const start = before.endsWith("*/") ? before.lastIndexOf("/**") : -1
  return start < 0 ? "" : before.slice(start + 3, -2).replace(/^\s*\* ?/gm, "").trim()
}
