/** What vite makes of such an import: where the file will lie. */
declare module "*?url" {
  const url: string
  export default url
}
