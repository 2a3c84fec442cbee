// A slider as it stands in the page, and as Dash has been told that it stands.

import { setProps } from "./dash.mjs";
import { all, columnOf } from "./dom.mjs";

/** @param {HTMLElement} filter */
export const positionsOf = (filter) =>
  all("[role=slider]", filter).map((thumb) => Number(thumb.getAttribute("aria-valuenow")));

/**
 * Return where Dash has been told that a slider stands.
 * @param {HTMLElement} filter
 */
export function toldOf(filter) {
  const role = filter.dataset.column === undefined ? "period" : "range";
  const told = window.dash_component_api.getLayout({ role, column: columnOf(filter) })?.props.value;
  return Array.isArray(told) ? told.map(Number) : positionsOf(filter);
}

/**
 * Return a column's own span, as its histogram has it: an end of the slider is open, and a time's
 * stop reaches half a stop to each side.
 * @param {HTMLElement} filter
 * @param {number[]} ends
 */
export function boundsOf({ dataset }, ends) {
  const reach = dataset.column === undefined ? 0.5 : 0;
  const [low, high] = [Number(dataset.low), Number(dataset.high)];
  return [ends[0] <= low ? null : ends[0] - reach, ends[1] >= high ? null : ends[1] + reach];
}

/**
 * Tell Dash where a slider stands, as the slider itself would at each step.
 * @param {HTMLElement} filter
 * @param {number[]} value
 */
export function tell(filter, value) {
  const role = filter.dataset.column === undefined ? "period" : "range";
  setProps({ role, column: columnOf(filter) }, { value });
}
