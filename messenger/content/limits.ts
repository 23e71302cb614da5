/**
 * Bounds of a message, in bytes where nothing else is said. Those of draft-ietf-mimi-content-08 stand as they are; the
 * others are ours ("too large according to local policy", section 9.1), and far above what people send.
 */
export const SALT_LENGTH = 16
export const MESSAGE_ID_LENGTH = 32
/** First byte of a message id made with SHA-256, the only hash in use (section 3.3). */
export const MESSAGE_ID_SHA256 = 1

/** Section 9.1. */
export const TOPIC_MAX = 4096
/** Section 9.1; counted over the whole tree. */
export const PARTS_MAX = 1024
/** Section 6.3; the body is the first level. */
export const PART_LEVELS = 4
/** Section 6.3: four levels, of which the extensions' own map is the first. */
export const EXTENSION_LEVELS = 3
/** Ours: the encoded value of one extension (revisions of the schema waver between no bound, 4,095 and 4,096). */
export const EXTENSION_MAX = 4096

export const U8_MAX = 2 ** 8 - 1
export const U16_MAX = 2 ** 16 - 1
export const U32_MAX = 2 ** 32 - 1

/** Ours: the whole message. About 19 boxes; what is larger is an attachment. */
export const CONTENT_MAX = 1 << 16
/** Ours: extensions in one message. */
export const EXTENSIONS_MAX = 64
export const URI_MAX = 2048
export const CONTENT_TYPE_MAX = 255
export const LANGUAGE_MAX = 255
export const DESCRIPTION_MAX = 4096
export const FILENAME_MAX = 255
/** Ours: key and nonce of an AEAD, and a hash. */
export const KEY_MAX = 255
export const AAD_MAX = 4096
/** Ours: one reaction, and those of one sender to one message. */
export const REACTION_MAX = 64
export const REACTIONS_MAX = 8
/** Ours: a conversation's messages last for a year at most, or for good. */
export const TIMER_SECONDS_MAX = 366 * 86_400
