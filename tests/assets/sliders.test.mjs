import assert from "node:assert/strict";
import { test } from "node:test";
import { readBoxes, Sliders } from "../../assets/scripts/sliders.mjs";

const SCALE = { low: 0, high: 8000 };
const STOOD = { ends: [10, 20], texts: ["10", "20"], log: false };

/** @param {...string} written */
const read = (...written) => readBoxes(written, STOOD, SCALE, 0);

test("a box that is no number keeps the one that stands, and says so", () => {
  assert.deepEqual(read("five", "5,000"), {
    ends: [10, 5000],
    texts: ["10", "5000"],
    said: "“five” is not a number; 10 stays.",
    waits: false,
  });
});

test("a bound at the number of a slider's end stands at that end, which its grid has further out", () => {
  const scale = { low: -2000, high: 150000, ends: [-999, 149500] };
  const found = (...written) => readBoxes(written, STOOD, scale, 0);
  assert.deepEqual(found("-999", "149500").ends, [-2000, 150000]);
  assert.deepEqual(found("-998", "149499").ends, [-998, 149499]);
  assert.deepEqual(found("-1500", "-999").ends, [-2000, -999]);
  assert.deepEqual(found("", "").texts, ["-999", "149500"]);
});

test("an emptied box is without a bound", () => {
  assert.deepEqual(read("", "20").ends, [0, 20]);
  assert.deepEqual(read("10", "").ends, [10, 8000]);
});

test("a low above the high waits for the other, and neither is moved", () => {
  assert.deepEqual(read("5000", "20"), {
    ends: [5000, 20],
    texts: ["5000", "20"],
    said: "5000 is above 20: type the other bound too.",
    waits: true,
  });
  assert.equal(read("5000", "6000").waits, false);
  assert.equal(read("20", "20").waits, false);
  assert.equal(read("9007199254740993", "9007199254740992").waits, true);
});

test("a strict bound says what it means", () => {
  const { texts, said } = read(">10", "20");
  assert.deepEqual([texts, said], [["11", "20"], "“>10” means from 11."]);
});

test("what waits is not asked: without a slider nothing is", () => {
  const sliders = new Sliders(() => assert.fail());
  assert.deepEqual(sliders.asked("x", [2, 1]), [null, null]);
  assert.deepEqual(sliders.asked("x", [1, 2]), [1, 2]);
  assert.deepEqual(sliders.asked("x", [null, 2]), [null, 2]);
});
