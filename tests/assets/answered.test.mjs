import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { announceCount } from "../../assets/scripts/answered.mjs";

const NEVER = "… of 150 flowers";

let said;
let parts;
let observed;

beforeEach(() => {
  mock.timers.enable();
  said = [];
  parts = {
    "#count": { textContent: NEVER },
    "#said": {
      get textContent() {
        return said.at(-1) ?? "";
      },
      set textContent(text) {
        said.push(text);
      },
    },
  };
  observed = [];
  globalThis.document = { querySelector: (selector) => parts[selector] ?? null };
  globalThis.MutationObserver = class {
    constructor(does) {
      this.does = does;
    }
    observe(part, { childList, characterData, subtree }) {
      assert.ok(childList && characterData && subtree);
      observed.push({ part, does: this.does });
    }
  };
});

afterEach(() => {
  mock.timers.reset();
  delete globalThis.document;
  delete globalThis.MutationObserver;
});

function draw(text) {
  parts["#count"].textContent = text;
  for (const { part, does } of observed) if (part === parts["#count"]) does();
}

test("the count that the page opens with is said, too", () => {
  parts["#count"].textContent = "150 of 150 flowers";
  announceCount();
  mock.timers.tick(700);
  assert.deepEqual(said, ["150 of 150 flowers"]);
});

test("a count is said once it has rested, counted from when it was drawn", () => {
  announceCount();
  mock.timers.tick(5000);
  assert.deepEqual(said, []); // however long the first answer or its drawing takes
  draw("150 of 150 flowers");
  mock.timers.tick(699);
  assert.deepEqual(said, []);
  mock.timers.tick(1);
  assert.deepEqual(said, ["150 of 150 flowers"]);
});

test("what changes meanwhile begins the rest anew, and the same count is not said again", () => {
  announceCount();
  for (const text of ["90 of 150 flowers", "80 of 150 flowers", "70 of 150 flowers"]) {
    draw(text);
    mock.timers.tick(690);
  }
  assert.deepEqual(said, []);
  mock.timers.tick(10);
  draw("60 of 150 flowers");
  draw("70 of 150 flowers");
  mock.timers.tick(700);
  assert.deepEqual(said, ["70 of 150 flowers"]);
});

test("the count is watched once it stands, once, and again where another one stands", () => {
  const count = parts["#count"];
  parts["#count"] = null;
  announceCount();
  parts["#count"] = count;
  announceCount();
  announceCount();
  assert.equal(observed.length, 1);
  parts["#count"] = { textContent: NEVER };
  announceCount();
  draw("3 of 150 flowers");
  mock.timers.tick(700);
  assert.deepEqual(said, ["3 of 150 flowers"]);
});
