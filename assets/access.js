// What Dash's components lack for keyboards and screen readers, and the search in a long facet.
(function () {
  "use strict";

  // --- The search in a long facet hides checkboxes; what is ticked stays as it is.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

  function searchFacets() {
    for (const box of document.querySelectorAll(".facet-search")) {
      const wanted = plain(box.value);
      for (const check of box.closest("fieldset").querySelectorAll(".form-check")) {
        const hidden = !plain(check.querySelector(".facet-value").textContent).includes(wanted);
        if (check.hidden !== hidden) check.hidden = hidden;
      }
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches(".facet-search")) searchFacets();
  });

  // --- Names for screen readers that Dash's components lack.
  const PAGING = {
    "first-page": "First page",
    "previous-page": "Previous page",
    "next-page": "Next page",
    "last-page": "Last page",
    "current-page": "Page",
  };
  const ORDERS = { "sort-up": "ascending", "sort-down": "descending" };

  function nameParts() {
    for (const filter of document.querySelectorAll(".filter[data-measure]")) {
      const thumbs = filter.querySelectorAll("[role=slider]");
      ["from", "to"].forEach((word, i) => {
        if (thumbs[i]) thumbs[i].setAttribute("aria-label", filter.dataset.measure + ", " + word);
      });
    }
    for (const [name, label] of Object.entries(PAGING)) {
      for (const part of document.querySelectorAll(`button.${name}, input.${name}`)) {
        part.setAttribute("aria-label", label);
      }
    }
    const name = (part, said) => Object.keys(said).forEach((key) => part.setAttribute(key, said[key]));
    const title = document.querySelector(".table-card h2");
    for (const box of document.querySelectorAll("#table .dash-spreadsheet-container")) {
      name(box, { tabindex: "0", role: "region", "aria-label": title.textContent });
    }
    for (const sort of document.querySelectorAll("#table .column-header--sort")) {
      const head = sort.closest("th");
      const icon = sort.querySelector("svg");
      const order = ORDERS[icon && icon.dataset.icon] || "none";
      name(head, { scope: "col", "aria-sort": order });
      const column = head.querySelector(".column-header-name").textContent;
      name(sort, { role: "button", tabindex: "0", "aria-label": "Sort by " + column });
    }
    for (const menu of document.querySelectorAll(".dropdown-menu:not([role])")) {
      menu.setAttribute("role", "group");
    }
  }

  // DataTable keeps the Tab key and the arrows to itself, though none of its cells can be chosen:
  // no key but those of the page's number reaches Dash; Tab and arrows do what they do elsewhere.
  window.addEventListener(
    "keydown",
    (event) => {
      if (!event.target.closest || !event.target.closest("#table")) return;
      if (event.key === "Tab" || !event.target.matches("input")) event.stopPropagation();
      const pressed = event.key === "Enter" || event.key === " ";
      if (!pressed || !event.target.matches(".column-header--sort")) return;
      event.preventDefault();
      event.target.click();
    },
    true,
  );

  new MutationObserver(nameParts).observe(document.documentElement, {
    attributeFilter: ["data-icon"], // the order of a column of the table
    childList: true,
    subtree: true,
  });
})();
