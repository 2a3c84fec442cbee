// Of an answer, what the page does not show yet. Dash draws anew, and calls what depends on it, for
// each property that it is told, changed or not.

const ANSWERED = "answered"; // what an answer says of itself is told each time

/** @typedef {Record<string, Record<string, unknown>>} Props properties by the ids of components */

/**
 * Return whether two values of JSON are equal.
 * @param {unknown} one
 * @param {unknown} other
 * @returns {boolean}
 */
export function isSame(one, other) {
  if (one === other) return true;
  if (!one || !other || typeof one !== "object" || typeof other !== "object") return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  const [left, right] = [one, other].map((it) => /** @type {Record<string, unknown>} */ (it));
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]))
  );
}

/**
 * Return those properties that a component does not have yet.
 * @param {Props} props
 * @param {(id: string) => Record<string, unknown> | undefined} shown
 * @returns {Props}
 */
export function changedOf(props, shown) {
  /** @type {Props} */
  const found = {};
  for (const [id, values] of Object.entries(props)) {
    const now = id === ANSWERED ? undefined : shown(id);
    const left = Object.entries(values).filter(([key, to]) => !now || !isSame(now[key], to));
    if (left.length) found[id] = Object.fromEntries(left);
  }
  return found;
}

/**
 * Let an answer of Dash's tell only what is changed.
 * @param {Response} response
 * @param {(table: string | undefined) => void} of hears which table answered, before it is shown
 */
export function tellChanged(response, of) {
  const told = response.json.bind(response);
  response.json = async () => {
    const answer = await told();
    const said = answer.response?.[ANSWERED]?.data;
    if (said) of(said.table);
    return answer.multi ? { ...answer, response: changedOf(answer.response, shownProps) } : answer;
  };
  return response;
}

/**
 * Return the properties of a component that stands; undefined if none does.
 * @param {string} id as Dash writes it, that of a column's as JSON
 */
function shownProps(id) {
  const own = id.startsWith("{") ? JSON.parse(id) : id;
  return window.dash_component_api.getLayout(own)?.props;
}
