// `npm test`: all tests, summed up in the last line. `npm test -- --help` shows how to run some of them.
await import("./test.ts")
