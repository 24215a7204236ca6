// My month: one stop for Tab, arrows move between its bookings. The page works without this file.
const table = document.querySelector("[data-month]");
const links = [...table.querySelectorAll("a[data-row]")];
const at = (link) => [Number(link.dataset.column), Number(link.dataset.row)];
const week = (row) => Math.floor(row / 1000);

const nearest = (from, key) => {
  const [column, row] = at(from);
  const far = {
    ArrowUp: ([x, y]) => (x === column && y < row ? row - y : Infinity),
    ArrowDown: ([x, y]) => (x === column && y > row ? y - row : Infinity),
    ArrowLeft: ([x, y]) => before([x, y], [column, row]),
    ArrowRight: ([x, y]) => before([column, row], [x, y]),
    Home: ([x, y]) => order([x, y]),
    End: ([x, y]) => -order([x, y]),
  }[key];
  const [[distance, best]] = links.map((link) => [far(at(link)), link]).sort((a, b) => a[0] - b[0]);
  return distance === Infinity ? from : best;
};

// The order in which the days follow one another; how far one link stands before another.
const order = ([x, y]) => week(y) * 7000 + x * 1000 + (y % 1000);
const before = (one, other) => (order(one) < order(other) ? order(other) - order(one) : Infinity);

if (links.length > 1) {
  const hint = document.querySelector("[data-month-keys]");
  hint.hidden = false;
  table.setAttribute("aria-describedby", hint.id);
  links.forEach((link, index) => (link.tabIndex = index ? -1 : 0));
  table.addEventListener("keydown", (event) => {
    const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];
    const link = event.target.closest("a[data-row]");
    if (!link || !keys.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    const target = nearest(link, event.key);
    links.forEach((other) => (other.tabIndex = other === target ? 0 : -1));
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  });
}
