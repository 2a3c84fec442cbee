// One Tab stop for many cells: arrows, Home and End move it from one to another.

/** @type {Record<string, [rows: number, columns: number]>} */
const STEPS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

/**
 * Return where a key leads from a cell: to the next one that there is, else where it was; null for
 * a key that leads nowhere.
 * @param {string} key
 * @param {[row: number, column: number]} from
 * @param {[rows: number, columns: number]} size
 * @param {(row: number, column: number) => boolean} isThere
 * @returns {[row: number, column: number] | null}
 */
export function nextCell(key, from, [rows, columns], isThere) {
  const step = STEPS[key];
  if (!step) return null;
  const [down, across] = step;
  const isEnd = !Number.isFinite(across);
  let [row, column] = isEnd ? [from[0], across < 0 ? -1 : columns] : from;
  const way = isEnd ? -Math.sign(across) : across;
  for (;;) {
    row += down;
    column += way;
    if (row < 0 || row >= rows || column < 0 || column >= columns) return from;
    if (isThere(row, column)) return [row, column];
  }
}

/**
 * Give the Tab stop, and the focus, to another cell.
 * @param {HTMLElement} from
 * @param {HTMLElement} to
 */
export function moveStop(from, to) {
  from.setAttribute("tabindex", "-1");
  to.setAttribute("tabindex", "0");
  to.focus();
}

/**
 * Let one cell of several be a Tab stop: the one that has the focus, else the one that was.
 * @param {HTMLElement[]} cells
 */
export function keepOneStop(cells) {
  const isStop = (/** @type {HTMLElement} */ cell) => cell.getAttribute("tabindex") === "0";
  const stop =
    cells.find((cell) => cell === document.activeElement) ?? cells.find(isStop) ?? cells[0];
  for (const cell of cells) {
    const wanted = cell === stop ? "0" : "-1";
    if (cell.getAttribute("tabindex") !== wanted) cell.setAttribute("tabindex", wanted);
  }
}
