import assert from "node:assert/strict";
import { test } from "node:test";
import { changedOf, isSame, tellChanged } from "../../assets/scripts/changed.mjs";

/** @type {[unknown, unknown, boolean][]} */
const PAIRS = [
  [1, 1, true],
  [1, "1", false],
  [null, null, true],
  [null, {}, false],
  [{}, [], false],
  [[], [], true],
  [[1, 2], [2, 1], false],
  [[1], [1, undefined], false],
  [{ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 }, true],
  [{ a: 1 }, { b: 1 }, false],
  [{ a: undefined }, { b: 1 }, false],
  [{ a: { b: 1 } }, { a: { b: 2 } }, false],
  [{ toString: 1 }, {}, false],
  [{ a: 1 }, Object.create({ a: 1 }), false],
];

for (const [one, other, same] of PAIRS) {
  test(`${JSON.stringify(one)} and ${JSON.stringify(other)}: ${same ? "equal" : "not"}`, () => {
    assert.equal(isSame(one, other), same);
    assert.equal(isSame(other, one), same);
  });
}

test("what a component has already is not told again, and what stands nowhere is", () => {
  /** @type {Record<string, Record<string, unknown>>} */
  const shown = {
    table: { data: [1], page_current: 3 },
    chips: { children: [] },
    answered: { data: 1 },
  };
  const answer = {
    table: { data: [1], page_current: 0 },
    chips: { children: [] },
    answered: { data: 1 },
    '{"column":"species"}': { value: [] },
  };
  assert.deepEqual(
    changedOf(answer, (id) => shown[id]),
    { table: { page_current: 0 }, answered: { data: 1 }, '{"column":"species"}': { value: [] } },
  );
});

test("which table answered is heard before the answer is shown", async () => {
  /** @type {(string | undefined)[]} */
  const heard = [];
  const answer = { response: { answered: { data: { table: "pots" } } } };
  const response = tellChanged(Response.json(answer), (table) => heard.push(table));
  assert.deepEqual(await response.json(), answer);
  assert.deepEqual(heard, ["pots"]);
  await tellChanged(Response.json({ response: { theme: {} } }), (table) =>
    heard.push(table),
  ).json();
  assert.deepEqual(heard, ["pots"]);
});
