// Filters and sorting for tables of class "sortable"; without this script they are complete tables.
(function () {
  "use strict";

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  // The number that a cell begins with, or NaN: "−8.70 %" is −8.7.
  function numberIn(text) {
    const found = text.replace(/−/g, "-").replace(/,/g, "").match(/^\s*-?\d+(\.\d+)?(e[-+]?\d+)?/i);
    return found ? parseFloat(found[0]) : NaN;
  }

  function compare(a, b) {
    const [x, y] = [numberIn(a), numberIn(b)];
    if (!isNaN(x) && !isNaN(y)) return x - y;
    if (isNaN(x) !== isNaN(y)) return isNaN(x) ? 1 : -1;
    return a.localeCompare(b);
  }

  function makeSortable(table, rows, told) {
    table.querySelectorAll("thead th").forEach((heading, column) => {
      const name = heading.textContent.trim();
      const button = element("button", { type: "button", textContent: name, className: "sort" });
      heading.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        // A cell may hold more than its number: the range beside it would be read as further digits.
        const text = (row) => (row.cells[column].querySelector(".number") || row.cells[column]).textContent.trim();
        rows.sort((a, b) => (down ? -1 : 1) * compare(text(a), text(b)));
        table.tBodies[0].append(...rows);
        told.textContent = `Sorted by ${name}, ${down ? "descending" : "ascending"}.`;
      });
    });
  }

  function statusOf(row) {
    const found = row.querySelector(".status");
    return found ? found.textContent : "";
  }

  function makeFilters(table, rows, told) {
    const words = element("input", { type: "search" });
    const statuses = [...new Set(rows.map(statusOf))].sort();
    const choice = element("select", {});
    choice.append(element("option", { value: "", textContent: "any status" }));
    statuses.forEach((each) => choice.append(element("option", { value: each, textContent: each })));
    const update = () => {
      const wanted = words.value.trim().toLowerCase().split(/\s+/);
      rows.forEach((row) => {
        const text = row.textContent.toLowerCase();
        const fits = wanted.every((word) => text.includes(word));
        row.hidden = !fits || (choice.value !== "" && statusOf(row) !== choice.value);
      });
      const shown = rows.filter((row) => !row.hidden).length;
      told.textContent = `${shown} of ${rows.length} rows shown.`;
    };
    words.addEventListener("input", update);
    choice.addEventListener("change", update);
    return element(
      "div",
      { className: "table-filters" },
      element("label", {}, "Rows with ", words),
      element("label", {}, "Status ", choice),
      told
    );
  }

  function start() {
    document.querySelectorAll("table.sortable").forEach((table) => {
      const rows = [...table.tBodies[0].rows];
      const told = element("p", { className: "table-told", textContent: `${rows.length} rows.` });
      told.setAttribute("role", "status");
      const wrapped = table.closest(".pst-scrollable-table-container") || table;
      wrapped.before(makeFilters(table, rows, told));
      makeSortable(table, rows, told);
      // A row that a link leads to is shown, whatever the filters say.
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && table.contains(target)) target.scrollIntoView();
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
