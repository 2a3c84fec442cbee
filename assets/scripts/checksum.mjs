// The sum of bytes by which one sees that some of them are others: CRC-32, as zlib has it.

const POLYNOMIAL = 0xedb88320;

const SUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
  return sum;
});

/**
 * Return the CRC-32 of bytes.
 * @param {Uint8Array} bytes
 */
export function crc32(bytes) {
  let sum = 0xffffffff;
  // By number: most of the bytes are read before the browser has made it fast.
  for (let i = 0; i < bytes.length; i += 1) sum = SUMS[(sum ^ bytes[i]) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
