// The page's first script, and a small one: the engine loads its code and opens what is stored while the page's own code, which imports this, is still being read. That one begins
// as soon as the engine's worker is there: to start a worker the browser needs the page's thread, which the page's code keeps busy for a while.
import { engineIsThere } from "./state/worker.ts"

await engineIsThere()
