import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Boxes, laterComponent } from "../../assets/scripts/later.mjs";

/** Boxes that note which of them stand, and the moments at which the browser is idle. */
function page(awaitsChart = true) {
  const standing = [];
  const rests = [];
  const boxes = new Boxes(
    (then) => rests.push(then),
    () => awaitsChart,
  );
  const add = (name, isShown) => boxes.add(isShown, () => standing.push(name));
  const rest = () => rests.splice(0).map((then) => then());
  return { boxes, standing, add, rest };
}

test("the first box in sight stands at once, the others in turn once the chart does", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { boxes, standing, add, rest } = page();
  add("hidden", false);
  add("first", true);
  add("below", true);
  rest();
  assert.deepEqual(standing, ["first"]);
  boxes.release();
  boxes.release();
  assert.deepEqual(standing, ["first"]);
  rest();
  assert.deepEqual(standing, ["first", "hidden"]);
  rest();
  rest();
  add("new", false);
  assert.deepEqual(standing, ["first", "hidden", "below", "new"]);
  mock.timers.reset();
});

test("where no chart is awaited they stand when the browser is idle", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { standing, add, rest } = page(false);
  add("rows", true);
  add("hidden", false);
  rest();
  rest();
  assert.deepEqual(standing, ["rows", "hidden"]);
  mock.timers.reset();
});

test("a chart that never comes is not awaited for ever", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { standing, add, rest } = page();
  add("first", true);
  add("hidden", false);
  mock.timers.tick(5000);
  rest();
  assert.deepEqual(standing, ["first", "hidden"]);
  mock.timers.reset();
});

/** What `Later` draws at first and once its effect has run, in a page of this look. */
function drawn({ isLoading, display }) {
  globalThis.getComputedStyle = () => ({ display });
  const effects = [];
  let stands = false;
  const react = {
    createElement: (kind, props, children) => ({ kind, props, children }),
    useLayoutEffect: (does) => effects.push(does),
    useRef: () => ({ current: { closest: () => (isLoading ? {} : null) } }),
    useState: () => [
      stands,
      (next) => {
        stands = next;
      },
    ],
  };
  const boxes = { add: (isShown, stand) => isShown && stand() };
  const Later = laterComponent(react, boxes);
  const first = Later({ children: "cards", className: "cards" });
  effects[0]();
  return [first.children, Later({ children: "cards", className: "cards" }).children];
}

test("all stands at once in a page that came without its answer", () => {
  assert.deepEqual(drawn({ isLoading: true, display: "none" }), [null, "cards"]);
});

test("a box knows whether it is in sight", () => {
  assert.deepEqual(drawn({ isLoading: false, display: "grid" }), [null, "cards"]);
  assert.deepEqual(drawn({ isLoading: false, display: "none" }), [null, null]);
});
