/** What we use of workerd's node:crypto. The types of Workers do not know it, and those of Node would bring the whole of Node with them. */
declare module "node:crypto" {
  const crypto: import("sphinx-packet").NodeCrypto
  export default crypto
}
