import assert from "node:assert/strict";
import { test } from "node:test";
import { saidOfTexts } from "../../assets/scripts/sliders.mjs";

test("the first text that is no number is named, with the number that stays", () => {
  const kept = [4.3, 7.9];
  assert.equal(saidOfTexts(["5", "6,5"], kept), "");
  assert.equal(saidOfTexts(["", null], kept), "");
  assert.equal(
    saidOfTexts(["5", "six"], kept),
    "“six” is not a number; 7.9 stays. Type a number alone: it is included.",
  );
  assert.match(saidOfTexts(["> 5", "six"], kept), /^“> 5” is not a number; 4.3 stays\./);
});
