// Dash's requests on their way: that of the layout says which address is opened, and what becomes of
// the others is heard. An answer that comes after a newer question is none.

import { here } from "./address.mjs";
import { tellChanged } from "./changed.mjs";
import { look } from "./look.mjs";

const NO_UPDATE = 204; // HTTP's "no content", which changes nothing in Dash

/**
 * Return a function that lets no answer pass once another question for the same outputs is sent:
 * Dash would show it over the newer one.
 */
export function newestOnly() {
  /** @type {Map<string, Promise<Response>>} */
  const newest = new Map();

  /**
   * @param {string} question of Dash, as JSON
   * @param {Promise<Response>} answer
   * @returns {Promise<Response>}
   */
  return async (question, answer) => {
    const { output } = JSON.parse(question);
    newest.set(output, answer);
    const response = await answer;
    return newest.get(output) === answer ? response : new Response(null, { status: NO_UPDATE });
  };
}

/**
 * Return a request's options so that its answer is written as the page is, where the page's address says
 * how; else as the browser asks for by itself.
 * @param {RequestInit | undefined} options
 * @returns {RequestInit | undefined}
 */
function forReader(options) {
  const { locale } = document.documentElement.dataset;
  if (!locale) return options;
  const headers = new Headers(options?.headers);
  headers.set("Accept-Language", locale);
  return { ...options, headers };
}

/**
 * Watch Dash's requests.
 * @param {import("./address.mjs").Address} address
 * @param {import("./trouble.mjs").Trouble} trouble
 * @param {(table: string | undefined) => void} of hears of each answer which table it is of
 */
export function watchRequests(address, trouble, of) {
  const plain = window.fetch.bind(window);
  const pass = newestOnly();

  /**
   * The layout comes with the controls set and, if that is quick, with the answer. If it cannot, the
   * plain one comes, and the address is opened then.
   * @param {string} url
   * @param {RequestInit | undefined} options
   */
  async function fetchLayout(url, options) {
    const { theme, narrow } = look();
    const asked = new URLSearchParams({ search: here(), theme, narrow: String(narrow) });
    const opened = await plain(`${url}?${asked}`, options);
    address.isOpened = opened.ok;
    return opened.ok ? opened : plain(url, options);
  }

  window.fetch = (resource, options) => {
    const url = resource instanceof Request ? resource.url : String(resource);
    if (url.endsWith("/_dash-layout")) return fetchLayout(url, forReader(options));
    const answer = plain(resource, url.includes("/_dash-") ? forReader(options) : options);
    if (!url.includes("/_dash-update-component")) return answer;
    trouble.await(answer);
    return pass(String(options?.body), answer).then((response) => tellChanged(response, of));
  };
}
