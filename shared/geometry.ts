/**
 * All lengths of the protocol, in bytes, each the sum of earlier ones (design.md section 5).
 * docs/protocol.md holds the same table; a test compares the two.
 */
export const KEY_LENGTH = 32
export const NODE_ID_LENGTH = 32
export const SESSION_ID_LENGTH = 32
export const BOX_ID_LENGTH = 32
export const SIGNATURE_LENGTH = 64
export const TAG_LENGTH = 16
export const HASH_LENGTH = 32

/** Sphinx, version 260. */
export const SPHINX_HEADER_LENGTH = 348
export const SPHINX_PAYLOAD_OVERHEAD = 17
export const SURB_LENGTH = SPHINX_HEADER_LENGTH + NODE_ID_LENGTH + 16 // 396
export const SURB_IDENTIFIER_LENGTH = 16
export const FORWARD_HOPS = 4
export const REPLY_HOPS = 5

/** What a packet carries to and from a dropbox. */
export const BODY_LENGTH = 4096
export const PAYLOAD_LENGTH = BODY_LENGTH + SPHINX_PAYLOAD_OVERHEAD // 4113
export const PACKET_LENGTH = SPHINX_HEADER_LENGTH + PAYLOAD_LENGTH // 4461

export const STAMP_LENGTH = 96
export const STAMP_TERMS_LENGTH = 16
/** request = SURB ‖ version 1 ‖ operation 1 ‖ hold seconds 2 ‖ box id ‖ signature ‖ stamp ‖ content */
export const CONTENT_LENGTH = BODY_LENGTH - SURB_LENGTH - 1 - 1 - 2 - BOX_ID_LENGTH - SIGNATURE_LENGTH - STAMP_LENGTH // 3504
/** reply = version 1 ‖ status 1 ‖ reserved 2 ‖ stamp terms ‖ signature ‖ content ‖ zeros */
export const REPLY_ZEROS_LENGTH = BODY_LENGTH - 1 - 1 - 2 - STAMP_TERMS_LENGTH - SIGNATURE_LENGTH - CONTENT_LENGTH // 508
/** The plaintext of a box's content: records, then zeros. */
export const BLOCK_LENGTH = CONTENT_LENGTH - TAG_LENGTH // 3488
/** record = type 1 ‖ flags 1 ‖ length 2 ‖ bytes */
export const RECORD_HEADER_LENGTH = 1 + 1 + 2
export const RECORD_BYTES_MAX = BLOCK_LENGTH - RECORD_HEADER_LENGTH // 3484

/** A gateway frame that carries a packet: type 1 ‖ packet. */
export const FRAME_TYPE_LENGTH = 1
export const PACKET_FRAME_LENGTH = FRAME_TYPE_LENGTH + PACKET_LENGTH // 4462
/** A client's frame says which packet came last: type 1 ‖ receipt ‖ packet. */
export const RECEIPT_LENGTH = 4
export const CLIENT_PACKET_FRAME_LENGTH = FRAME_TYPE_LENGTH + RECEIPT_LENGTH + PACKET_LENGTH // 4466
/** The most packets that one request between nodes may carry. */
export const LINK_BATCH_MAX = 256
/** A request between nodes: sender ‖ time 8 ‖ signature ‖ packets. */
export const LINK_HEADER_LENGTH = NODE_ID_LENGTH + 8 + SIGNATURE_LENGTH // 104
export const LINK_BODY_MAX = LINK_HEADER_LENGTH + LINK_BATCH_MAX * PACKET_LENGTH
/** No directory document, descriptor or frame may be longer. */
export const DIRECTORY_MAX = 1 << 20
