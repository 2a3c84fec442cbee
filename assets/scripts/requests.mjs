// Dash's requests on their way: that of the layout says which address is opened, and what becomes of
// the others is heard.

import { look } from "./look.mjs";

/**
 * Watch Dash's requests.
 * @param {import("./address.mjs").Address} address
 * @param {import("./trouble.mjs").Trouble} trouble
 */
export function watchRequests(address, trouble) {
  const plain = window.fetch.bind(window);

  /**
   * The layout comes with the controls set and, if that is quick, with the answer. If it cannot, the
   * plain one comes, and the address is opened then.
   * @param {string} url
   * @param {RequestInit | undefined} options
   */
  async function fetchLayout(url, options) {
    const { theme, narrow } = look();
    const { search } = window.location;
    const asked = new URLSearchParams({ search, theme, narrow: String(narrow) });
    const opened = await plain(`${url}?${asked}`, options);
    address.isOpened = opened.ok;
    return opened.ok ? opened : plain(url, options);
  }

  window.fetch = (resource, options) => {
    const url = resource instanceof Request ? resource.url : String(resource);
    if (url.endsWith("/_dash-layout")) return fetchLayout(url, options);
    const answer = plain(resource, options);
    if (url.includes("/_dash-update-component")) trouble.await(answer);
    return answer;
  };
}
