// The matrix: drawn from the data of the page, moved in with the keyboard, and explained cell by cell.
// Texts go in as text only (textContent), never as HTML: a name stays a name, whatever is in it.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  if (!data.cells) return; // nothing could be compared, and the page says why
  const byId = (id) => document.getElementById(id);
  const [grid, panel, shown] = ["grid", "panel", "shown"].map(byId);
  const [from, to, only] = ["filter-from", "filter-to", "only-changed"].map(byId);
  const ROWS_AT_ONCE = 25; // the rest of the rows follows frame by frame, so that a large matrix opens at once
  const PAGE = 10;
  const NAME = 16; // widths of columns, in rem: cells are wider where there are few, for the sake of their heads
  const cellWidth = (count) => (count > 12 ? 2.1 : 4.5);

  let columns = []; // positions in data.targets that are shown
  let lines = []; // the rows that are drawn: {row: position in data.sources, cells: [td]}
  let current = null; // the one cell that Tab reaches
  let drawing = 0;

  const el = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const wide = (element, rem) => {
    element.style.width = `${rem}rem`;
    return element;
  };
  const source = (row) => data.ends[data.sources[row]];
  const target = (column) => data.ends[data.targets[column]];
  const state = (row, column) => data.states[data.cells[row][column]];
  const range = (length) => Array.from({ length }, (_, index) => index);
  const wanted = (end, text) =>
    text.toLowerCase().split(/\s+/).every((word) => `${end.cluster} ${end.within} ${end.name}`.toLowerCase().includes(word));

  // What is next to each other and the same under a key, as [first, length].
  const runs = (items, key) => {
    const found = [];
    items.forEach((item, index) => {
      if (index && key(item) === key(items[index - 1])) found[found.length - 1][1] += 1;
      else found.push([index, 1]);
    });
    return found;
  };

  function draw() {
    drawing += 1;
    const changedOnly = only !== null && only.checked;
    let rows = range(data.sources.length).filter((row) => wanted(source(row), from.value));
    columns = range(data.targets.length).filter((column) => wanted(target(column), to.value));
    if (changedOnly) {
      rows = rows.filter((row) => columns.some((column) => state(row, column).changed));
      columns = columns.filter((column) => rows.some((row) => state(row, column).changed));
    }
    lines = [];
    current = null;
    grid.replaceChildren(heads());
    grid.setAttribute("aria-rowcount", rows.length + 3);
    grid.setAttribute("aria-colcount", columns.length + 1);
    shown.textContent = `${rows.length} of ${data.sources.length} rows, ${columns.length} of ${data.targets.length} columns`;
    const place = (row) => JSON.stringify([source(row).cluster, source(row).within]);
    const groups = runs(rows, place).map(([first, length]) => rows.slice(first, first + length));
    const queue = groups.flatMap((group) => group.map((row, index) => ({ row, first: index === 0 })));
    more(queue, 0, drawing);
  }

  function more(queue, start, mine) {
    if (mine !== drawing) return; // the filter changed meanwhile
    for (const { row, first } of queue.slice(start, start + ROWS_AT_ONCE)) {
      if (first) grid.append(group(source(row)));
      grid.lastElementChild.append(line(row));
    }
    if (start + ROWS_AT_ONCE < queue.length) requestAnimationFrame(() => more(queue, start + ROWS_AT_ONCE, mine));
  }

  function heads() {
    const whole = document.createDocumentFragment();
    const cell = cellWidth(columns.length);
    const widths = el("colgroup", {}, ...[NAME, ...columns.map(() => cell)].map((rem) => wide(el("col"), rem)));
    wide(grid, NAME + cell * columns.length); // known widths: no row that is added later moves another
    const clusters = (column) => target(column).cluster;
    const places = (column) => JSON.stringify([target(column).cluster, target(column).within]);
    const spanning = (key, told) =>
      runs(columns, key).map(([first, length]) =>
        el("th", { scope: "colgroup", colSpan: length, title: told(columns[first]) }, el("span", {}, told(columns[first]))));
    const names = columns.map((column) =>
      el("th", { scope: "col", title: target(column).name }, el("span", {}, target(column).name)));
    const corner = (text) => el("th", { scope: "row", className: "corner" }, text);
    whole.append(widths, el("thead", {},
      el("tr", {}, corner("to cluster"), ...spanning(clusters, clusters)),
      el("tr", {}, corner("to namespace"), ...spanning(places, (column) => target(column).within)),
      el("tr", {}, corner("from \\ to"), ...names)));
    return whole;
  }

  function group(end) {
    const told = `${end.cluster} / ${end.within}`;
    const head = el("th", { scope: "rowgroup", title: told }, told);
    const fill = el("td", { className: "fill", colSpan: Math.max(1, columns.length) });
    return el("tbody", {}, el("tr", {}, head, fill));
  }

  function line(row) {
    const made = el("tr", {}, el("th", { scope: "row", title: source(row).name }, source(row).name));
    const cells = columns.map((column) => {
      const { mark, kind, changed, told, verdicts } = state(row, column);
      const [was, is] = data.changes ? verdicts : [verdicts[1], verdicts[1]];
      const className = `${kind}${changed ? " changed" : ""} was-${was} is-${is}`;
      const cell = el("td", { className, tabIndex: -1, textContent: mark });
      cell.setAttribute("aria-label", `${source(row).name} to ${target(column).name}: ${told}`);
      return cell;
    });
    made.append(...cells);
    made.dataset.line = lines.length;
    lines.push({ row, cells });
    if (current === null && cells.length) reach(cells[0]);
    return made;
  }

  // Only one cell is a stop of the Tab key; arrow keys move which.
  function reach(cell) {
    if (current) current.tabIndex = -1;
    current = cell;
    current.tabIndex = 0;
  }

  const at = (cell) => [Number(cell.parentElement.dataset.line), cell.cellIndex - 1];

  function move(event) {
    const [row, column] = at(event.target);
    const [bottom, right] = [lines.length - 1, columns.length - 1];
    const far = event.ctrlKey || event.metaKey;
    const goals = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      PageUp: [row - PAGE, column], PageDown: [row + PAGE, column],
      Home: [far ? 0 : row, 0], End: [far ? bottom : row, right],
    };
    if (!goals[event.key]) return;
    event.preventDefault();
    const [y, x] = goals[event.key];
    const cell = lines[Math.min(Math.max(y, 0), bottom)].cells[Math.min(Math.max(x, 0), right)];
    reach(cell);
    cell.focus();
  }

  function explain(cell) {
    reach(cell);
    const [number, x] = at(cell);
    const [row, column] = [lines[number].row, columns[x]];
    const about = state(row, column);
    const close = el("button", { type: "button", className: "close", onclick: leave }, "Close");
    panel.replaceChildren(
      close,
      el("h3", { id: "panel-title" }, `${source(row).name} \u2192 ${target(column).name}: ${about.told}`),
      el("p", {}, ports(about)),
      links(about.rows),
      ...reasons(row, column, about),
    );
    panel.hidden = false;
    panel.focus();
    const covered = cell.getBoundingClientRect().bottom - panel.getBoundingClientRect().top;
    if (covered > 0) scrollBy(0, covered + 8); // the cell that is explained stays in sight
  }

  function ports({ verdicts, ports: [before, after] }) {
    const told = (list, verdict) => (verdict === "absent" ? "not in the mesh" : list.join(", "));
    const now = told(after, verdicts[1]);
    return data.changes ? `Before: ${told(before, verdicts[0])}. After: ${now}.` : `Allowed: ${now}.`;
  }

  function links(rows) {
    if (!rows.length) return "";
    const found = el("p", {}, "Listed above: ");
    rows.forEach((number) => {
      const row = byId(`row-${number}`);
      const text = `row ${number}`;
      const link = el("a", { href: `#row-${number}`, onclick: () => { row.open = true; } }, text);
      found.append(row ? link : `${text} (not on this page)`, " ");
    });
    return found;
  }

  // Rule by rule where that was worked out, else by the policies that select either end.
  function reasons(row, column, about) {
    const exact = data.why[`${data.sources[row]} ${data.targets[column]}`];
    const both = exact
      ? range(2).map((half) => exact.halves.map((side) => side && side[half]))
      : [source(row).short[0], target(column).short[1]];
    const one = !data.changes || (exact && !about.changed);
    const sides = one ? [[1, "now"]] : [[0, "before"], [1, "after"]];
    const caption = exact
      ? `Decided at ${exact.port}`
      : "In short: the policies that select either end, whoever is on the other";
    const head = el("tr", {}, ...["", ...sides.map(([, told]) => told)].map((text) => el("th", { scope: "col" }, text)));
    const body = ["egress", "ingress"].map((direction, half) =>
      el("tr", {}, el("th", { scope: "row" }, direction), ...sides.map(([side]) => decided(both[half][side], about.verdicts[side]))));
    return [el("table", {}, el("caption", {}, caption), el("thead", {}, head), el("tbody", {}, ...body))];
  }

  function decided(number, verdict) {
    if (verdict === "absent") return el("td", {}, "not in the mesh");
    if (number === null) return el("td", {}, "no policy is for it: it is no pod of the mesh");
    const { verdict: told, text, by, more } = data.halves[number];
    const rules = by.map((each) =>
      el("li", {}, el("code", {}, each.name), " in ", el("code", {}, each.cluster), " (", el("code", {}, each.place), ")"));
    return el("td", {}, el("strong", {}, told), `: ${text}`, rules.length ? el("ul", {}, ...rules) : "",
      more ? `and ${more} more` : "");
  }

  function leave() {
    panel.hidden = true;
    if (current) current.focus();
  }

  grid.addEventListener("keydown", (event) => {
    if (!event.target.matches("td:not(.fill)")) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      explain(event.target);
    } else move(event);
  });
  grid.addEventListener("click", (event) => {
    const cell = event.target.closest("td:not(.fill)");
    if (cell) explain(cell);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
  [from, to].forEach((field) => field.addEventListener("input", draw));
  if (only !== null) {
    only.checked = data.states.some((each) => each.changed);
    only.addEventListener("change", draw);
  }
  draw();
})();
