/** The package has no types of its own, and its bare name is that of a module of Node. */
declare module "punycode/punycode.es6.js" {
  /** A host name with each label of the kind xn-- decoded. Throws RangeError where one is malformed. */
  export function toUnicode(host: string): string
}
