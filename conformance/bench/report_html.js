/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter, and the names behind the numbers of DUTs. The page says everything without it. */
(function () {
  "use strict";
  var all = function (what, under) { return Array.prototype.slice.call((under || document).querySelectorAll(what)); };
  var bar = document.getElementById("filter"), words = bar.querySelector("input"), shown = bar.querySelector("output");
  var boxes = all("input[type=checkbox]", bar), blocks = all("details.b"), groups = all("details.g"), sections = all("section");
  var wasOpen = null;

  boxes.forEach(function (box) {
    box.parentNode.hidden = !blocks.some(function (b) { return b.dataset.v === box.value; });
  });

  function textOf(block) {
    if (block.lower === undefined) block.lower = block.textContent.toLowerCase();
    return block.lower;
  }
  function anyShown(under) { return all("details.b", under).some(function (b) { return !b.hidden; }); }

  function apply() {
    var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean), verdicts = {}, count = 0;
    var checked = boxes.filter(function (b) { return b.checked; }), active = checked.length || wanted.length;
    checked.forEach(function (b) { verdicts[b.value] = true; });
    if (active && !wasOpen) wasOpen = groups.map(function (g) { return g.open; });
    blocks.forEach(function (b) {
      var yes = (!checked.length || verdicts[b.dataset.v]) &&
        wanted.every(function (w) { return textOf(b).indexOf(w) >= 0; });
      b.hidden = !yes;
      count += yes ? 1 : 0;
    });
    groups.forEach(function (g, i) {
      g.hidden = active && !anyShown(g);
      if (active) g.open = !g.hidden;
      else if (wasOpen) g.open = wasOpen[i];
    });
    sections.forEach(function (s) { s.hidden = active && !anyShown(s); });
    if (!active) wasOpen = null;
    shown.textContent = active ? count + " of " + blocks.length + " shown" : "";
  }
  var timer;
  words.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(apply, 150); });
  boxes.forEach(function (b) { b.addEventListener("change", apply); });
  bar.hidden = false;

  /* A link leads into what may be folded or filtered away. */
  function reveal() {
    var at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var up = at; up; up = up.parentElement) {
      up.hidden = false;
      if (up.tagName === "DETAILS") up.open = true;
    }
    if (at) at.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  var names = all("#duts tbody tr").map(function (r) { return r.cells[0].textContent + "  " + r.cells[1].textContent; });
  document.addEventListener("mouseover", function (e) {
    var at = e.target;
    if (!at.classList || !at.classList.contains("sets") || at.title) return;
    var ranges = at.textContent.replace(/^\D*/, "").split(", ");
    at.title = names.filter(function (n, i) {
      return ranges.some(function (r) { var e = r.split("-"); return i + 1 >= +e[0] && i + 1 <= +(e[1] || e[0]); });
    }).join("\n");
  });
})();
