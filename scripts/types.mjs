// `npm run types`: every part of the repository under its own tsconfig.
import { checkTypes } from "./checking/types.ts"

process.exitCode = (await checkTypes()) ? 0 : 1
