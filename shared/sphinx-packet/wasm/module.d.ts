/** What workerd, and what bundles for it, make of the file: the module, compiled. */
declare const module: object
export default module
