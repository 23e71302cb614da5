// A worker's first file holds nothing: WebKit runs it once more where another file imports from it, as those that are loaded later do (vite.config.ts).
import "./tab.ts"
