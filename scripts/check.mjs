// `npm run check`: types, lint, imports, lengths, tests. The last line says yes or no.
await import("./check.ts")
