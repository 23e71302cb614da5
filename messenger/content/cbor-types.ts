/** Major types of CBOR items and the simple values in use (RFC 8949 sections 3.1 and 3.3). */
export const UINT = 0
export const NEGATIVE = 1
export const BYTES = 2
export const TEXT = 3
export const ARRAY = 4
export const MAP = 5
// 6 is a tag
export const SIMPLE = 7
export const FALSE = 20
export const TRUE = 21
export const NULL = 22
export const NULL_BYTE = (SIMPLE << 5) | NULL
