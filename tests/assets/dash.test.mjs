import assert from "node:assert/strict";
import { test } from "node:test";
import { answerless, firstId, inputs, triggers } from "../../assets/scripts/dash.mjs";

const NO_UPDATE = {};

function inDash(context, does) {
  globalThis.window = {
    dash_clientside: { callback_context: context, no_update: NO_UPDATE },
  };
  try {
    return does();
  } finally {
    delete globalThis.window;
  }
}

test("what made Dash call has a plain id, or one of several parts", () => {
  const triggered = [
    { prop_id: "table.sort_by", value: [] },
    { prop_id: '{"column":"a.b","role":"range"}.value', value: [1, 2] },
  ];
  assert.deepEqual(inDash({ triggered }, triggers), [
    { id: "table", value: [] },
    { id: { column: "a.b", role: "range" }, value: [1, 2] },
  ]);
  assert.deepEqual(inDash({}, triggers), []);
});

test("inputs are found by their plain ids", () => {
  const inputs_list = [
    [{ id: { column: "a", role: "low" }, value: "1" }],
    { id: "scatter-x", value: "a" },
    { id: "scatter-y" },
  ];
  assert.deepEqual(inDash({ inputs_list }, firstId), { column: "a", role: "low" });
  assert.deepEqual(inDash({ inputs_list }, inputs), { "scatter-x": "a", "scatter-y": undefined });
});

test("a function without an answer changes no output", () => {
  const heard = [];
  const does = answerless((...args) => {
    heard.push(args);
  });
  assert.equal(
    inDash({}, () => does(1, 2)),
    NO_UPDATE,
  );
  assert.deepEqual(heard, [[1, 2]]);
});
