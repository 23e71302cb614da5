/** All lengths of the format, in bytes, each the sum of earlier ones. */
export const KEY_LENGTH = 32
export const MAC_LENGTH = 16
export const SEED_LENGTH = 16
export const LIONESS_KEY_LENGTH = 192
/** LIONESS needs a block longer than its left half. */
export const LIONESS_LEFT_LENGTH = 32
export const REPLAY_TAG_LENGTH = 32

export const MAX_HOPS = 5
export const NODE_ADDRESS_LENGTH = 32
export const DESTINATION_LENGTH = 32
export const IDENTIFIER_LENGTH = 16

export const FLAG_LENGTH = 1
export const VERSION_LENGTH = 3
export const DELAY_LENGTH = 8

/** What one forward hop takes of the routing information: its own instructions and the next hop's MAC. */
export const SLOT_LENGTH = FLAG_LENGTH + VERSION_LENGTH + NODE_ADDRESS_LENGTH + DELAY_LENGTH + MAC_LENGTH // 60
export const FINAL_SLOT_LENGTH = FLAG_LENGTH + VERSION_LENGTH + DESTINATION_LENGTH + IDENTIFIER_LENGTH // 52
export const ROUTING_LENGTH = MAX_HOPS * SLOT_LENGTH // 300
/** A hop decrypts one slot more than arrives, so that what it passes on is as long as what it got. */
export const KEYSTREAM_LENGTH = ROUTING_LENGTH + SLOT_LENGTH // 360

export const HEADER_LENGTH = KEY_LENGTH + MAC_LENGTH + ROUTING_LENGTH // 348

/** Zeros in front of the message, by which its recipient knows that nobody changed a bit of it. */
export const LEADING_ZEROS_LENGTH = 16
/** The zeros, and one byte that ends the message. */
export const PAYLOAD_OVERHEAD = LEADING_ZEROS_LENGTH + 1 // 17

/** A SURB without its seeds. */
export const SURB_PREFIX_LENGTH = HEADER_LENGTH + NODE_ADDRESS_LENGTH // 380

/** 258: the payload key is a part of the expanded secret. 259: it is derived from a seed. 260: as 259, and a SURB holds one seed only. */
export const EXPLICIT_KEYS_VERSION = 258
export const SEEDS_VERSION = 259
export const SINGLE_SEED_VERSION = 260
