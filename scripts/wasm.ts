// npm run wasm: compiles shared/sphinx-packet/wasm/lioness.ts to the module beside it, which is committed, so that nobody else needs the compiler.
import { LIONESS_MODULE, compileLioness } from "./wasm/compile.ts"

await compileLioness(LIONESS_MODULE)
