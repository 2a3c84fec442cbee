import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "../../assets/scripts/checksum.mjs";

test("the sum of bytes is that of zlib", () => {
  // The check value of the standard (CRC-32/ISO-HDLC).
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
  assert.equal(crc32(new Uint8Array()), 0);
});
