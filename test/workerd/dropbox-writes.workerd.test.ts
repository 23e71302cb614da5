// The same checks of writes again, for verifiers of Ed25519 differ: here it is that of workerd.
import "../nodes/dropbox-writes.test.ts"
