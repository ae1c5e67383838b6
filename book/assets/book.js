// Read from the file system, a page may not fetch others: the search then lists titles without excerpts.
if (window.location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

// A table or formula that is wider than its box scrolls by keyboard, too: the theme sees to code and to bare outputs only.
(function () {
  const update = () => document.querySelectorAll("figure.lcip-table, figure.lcip-table .output, div.math, mjx-container[display]").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  window.addEventListener("load", () => {
    update();
    if (window.MathJax && MathJax.startup) MathJax.startup.promise.then(update);
  });
  window.addEventListener("resize", update);
})();
