import assert from "node:assert/strict";
import { test } from "node:test";
import { KINDS, troubleOf } from "../../assets/scripts/trouble.mjs";

const CASES = [
  // HTTP's status, Retry-After, what is wrong, ms until it is asked again
  [200, null, null],
  [204, null, null],
  [304, null, null],
  [400, null, null],
  [422, null, null],
  [401, null, "login", 0],
  [401, "60", "login", 0],
  [429, "7", "limited", 7000],
  [429, "1", "limited", 2000],
  [429, null, "limited", 2000],
  [500, null, "away", 2000],
  [502, null, "away", 2000],
  [502, "5", "away", 5000],
  [503, "5", "away", 5000],
  [503, null, "slow", 30000],
  [503, "0", "slow", 30000],
  [503, "Fri, 31 Dec 1999 23:59:59 GMT", "slow", 30000],
  [504, null, "slow", 30000],
  [504, "5", "slow", 30000],
];

for (const [status, retryAfter, kind, wait] of CASES) {
  test(`${status} with Retry-After ${retryAfter}: ${kind}`, () => {
    const expected = kind === null ? null : { kind, wait };
    assert.deepEqual(troubleOf(status, retryAfter), expected);
  });
}

test("the cases have every kind", () => {
  const seen = new Set(CASES.map(([, , kind]) => kind).filter(Boolean));
  assert.deepEqual([...seen].sort(), [...KINDS].sort());
});
