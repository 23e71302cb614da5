// `npm run check`: types, imports, lengths, texts, styles, lint, tests. The last line says yes or no.
await import("./check.ts")
