import { parse as parseComponent } from "vue/compiler-sfc"
import ts from "typescript"
import type { Source } from "./sources.ts"

/** A node of Vue's template syntax, as far as it is looked at here. */
interface Node {
  readonly type: number
  readonly name?: string
  readonly content?: string | Node
  readonly value?: { readonly content: string }
  readonly exp?: { readonly content: string }
  readonly arg?: { readonly content: string }
  readonly props?: readonly Node[]
  readonly children?: readonly Node[]
  readonly loc: { readonly start: { readonly line: number } }
}
const [TEXT, INTERPOLATION, ATTRIBUTE, DIRECTIVE] = [2, 5, 6, 7]

/** Attributes and properties whose value somebody reads or hears, of elements and of our own components. */
const READ = new Set(["title", "alt", "placeholder", "label", "ariaLabel", "hint", "text", "action", "note", "body", "legend", "summary", "description", "ariaDescription", "ariaValuetext", "ariaRoledescription"])
const isRead = (name: string) => READ.has(name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()))
const hasWords = (text: string) => /\p{L}/u.test(text)

/** A sentence for each text that somebody reads and that stands elsewhere than in the message files (web/text). */
export function strayTexts(all: readonly Source[]): string[] {
  return all.flatMap(({ file, text }) => {
    if (!/^web\/(components|views|state|App\.vue|main\.ts)/.test(file)) return []
    if (!file.endsWith(".vue")) return ofScript(text, 1).map((found) => sentence(file, found))
    const { template, scriptSetup, script } = parseComponent(text, { sourceMap: false }).descriptor
    const shown = template?.ast ? ofTemplate(template.ast as unknown as Node) : []
    const scripts = [scriptSetup, script].flatMap((block) => (block ? ofScript(block.content, block.loc.start.line) : []))
    return [...shown, ...scripts].map((found) => sentence(file, found))
  })
}

interface Stray {
  readonly line: number
  readonly text: string
}

const sentence = (file: string, { line, text }: Stray) => `${file}:${line} says “${text.trim()}”, which belongs into web/text.`

function ofTemplate(node: Node): Stray[] {
  const { line } = node.loc.start
  if (node.type === TEXT) return hasWords(node.content as string) ? [{ line, text: node.content as string }] : []
  if (node.type === INTERPOLATION) return shownBy((node.content as Node).content as string).map((text) => ({ line, text }))
  const props = (node.props ?? []).flatMap(ofProperty)
  return [...props, ...(node.children ?? []).flatMap(ofTemplate)]
}

function ofProperty({ type, name, value, arg, exp, loc }: Node): Stray[] {
  const { line } = loc.start
  if (type === ATTRIBUTE) return isRead(name!) && value && hasWords(value.content) ? [{ line, text: value.content }] : []
  const shows = type === DIRECTIVE && (name === "text" || name === "html" || (name === "bind" && arg !== undefined && isRead(arg.content)))
  return shows && exp ? shownBy(exp.content).map((text) => ({ line, text })) : []
}

/** Text in the value of an expression: not what is only compared, or the key by which something is found. */
function shownBy(expression: string): string[] {
  const file = ts.createSourceFile("expression.ts", `(${expression})`, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && /^[!=]==?$/.test(node.operatorToken.getText())) return
    if (ts.isElementAccessExpression(node)) return visit(node.expression)
    if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].forEach(visit)
    if (ts.isCallExpression(node) && !node.expression.getText().startsWith("t.")) return
    if ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) && hasWords(node.text)) found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** In scripts: what goes into a property that is read, in an object or by assignment. */
function ofScript(script: string, firstLine: number): Stray[] {
  const file = ts.createSourceFile("script.ts", script, ts.ScriptTarget.Latest, true)
  const found: Stray[] = []
  const take = (value: ts.Expression) => {
    const line = firstLine + file.getLineAndCharacterOfPosition(value.getStart()).line
    found.push(...shownBy(value.getText()).map((text) => ({ line, text })))
  }
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && isRead(node.name.text)) take(node.initializer)
    const assigned = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isPropertyAccessExpression(node.left) ? node.left : null
    if (assigned && /^(title|textContent|innerText|ariaLabel|placeholder|alt)$/.test(assigned.name.text)) take((node as ts.BinaryExpression).right)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
