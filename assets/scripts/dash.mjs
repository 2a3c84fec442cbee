// What Dash's renderer lends to scripts.

/**
 * What made Dash call a function: one property of one component. A component's id is a text, or an
 * object of texts for those of which there is one per column.
 * @typedef {{ id: string | Record<string, string>, value: unknown }} Trigger
 */

/**
 * Set properties of a component, as a hand on it would.
 * @param {string | Record<string, string>} id
 * @param {Record<string, unknown>} props
 */
export const setProps = (id, props) => window.dash_clientside.set_props(id, props);

/**
 * Return what made Dash call the function that is running.
 * @returns {Trigger[]}
 */
export function triggers() {
  const entries = window.dash_clientside.callback_context.triggered || [];
  return entries.map(({ prop_id, value }) => {
    const id = prop_id.slice(0, prop_id.lastIndexOf("."));
    return { id: id.startsWith("{") ? JSON.parse(id) : id, value };
  });
}

/**
 * Return the id of the first input of the function that Dash is running.
 * @returns {Record<string, string>}
 */
export function firstId() {
  const [first] = window.dash_clientside.callback_context.inputs_list.flat();
  return /** @type {Record<string, string>} */ (first.id);
}

/**
 * Return the values of the inputs with a plain id of the function that Dash is running, by id; of one
 * of which several properties are inputs these by their names.
 * @returns {Record<string, unknown>}
 */
export function inputs() {
  return plainIds(window.dash_clientside.callback_context.inputs_list);
}

/**
 * Return the same of its states.
 * @returns {Record<string, unknown>}
 */
export function states() {
  return plainIds(window.dash_clientside.callback_context.states_list);
}

/** @param {any[]} list */
function plainIds(list) {
  const entries = list.flat();
  const plain = entries.filter(({ id }) => typeof id === "string");
  const found = /** @type {Record<string, any>} */ ({});
  for (const { id, property, value } of plain) {
    const several = plain.filter((one) => one.id === id).length > 1;
    found[id] = several ? { ...found[id], [property]: value } : value;
  }
  return found;
}

/**
 * Return the values of the columns' inputs in one role of the function that Dash is running.
 * @param {string} role
 * @returns {Record<string, any>}
 */
export function inputsOf(role) {
  const entries = window.dash_clientside.callback_context.inputs_list.flat();
  const own = entries.filter(({ id }) => typeof id === "object" && id.role === role);
  return Object.fromEntries(
    own.map(({ id, value }) => [/** @type {Record<string, string>} */ (id).column, value]),
  );
}

/**
 * Return a function that Dash can call of which it wants no answer.
 * @template {unknown[]} Args
 * @param {(...args: Args) => void} does
 */
export const answerless =
  (does) =>
  /** @param {Args} args */
  (...args) => {
    does(...args);
    return window.dash_clientside.no_update;
  };
