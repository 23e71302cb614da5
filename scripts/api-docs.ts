// `npm run api-docs`: docs/api.md and docs/cli.md from the code.
import { writeFileSync } from "node:fs"
import path from "node:path"
import { root } from "../cli/bin/node.mjs"
import { apiPage } from "./api-docs/api-page.ts"
import { cliPage } from "./api-docs/cli-page.ts"

writeFileSync(path.join(root, "docs", "api.md"), apiPage(root))
writeFileSync(path.join(root, "docs", "cli.md"), cliPage(root))
