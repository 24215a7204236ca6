// The calendar of a space, week or month: one stop for Tab, arrows move between what can be pressed. It works without this file.
const free = (table) => [...table.querySelectorAll("a[data-row]")];

const prepare = (table) => {
  const links = free(table);
  if (links.length < 2) return;
  const hint = table.closest(".week").querySelector("[data-week-keys]");
  hint.hidden = false;
  hint.id = "week-keys";
  (table.closest("[role=region]") ?? table).setAttribute("aria-describedby", hint.id);
  const first = links.find((link) => link.getAttribute("aria-current")) ?? links[0];
  links.forEach((link) => (link.tabIndex = link === first ? 0 : -1));
};

const nearest = (links, from, key) => {
  const [column, row] = [Number(from.dataset.column), Number(from.dataset.row)];
  const place = (link) => [Number(link.dataset.column) - column, Number(link.dataset.row) - row];
  const far = {
    ArrowUp: ([dx, dy]) => (dx === 0 && dy < 0 ? -dy : Infinity),
    ArrowDown: ([dx, dy]) => (dx === 0 && dy > 0 ? dy : Infinity),
    ArrowLeft: ([dx, dy]) => (dx < 0 ? -dx * 1000 + Math.abs(dy) : Infinity),
    ArrowRight: ([dx, dy]) => (dx > 0 ? dx * 1000 + Math.abs(dy) : Infinity),
    Home: ([dx, dy]) => (dx === 0 ? dy + 1000 : Infinity),
    End: ([dx, dy]) => (dx === 0 ? 1000 - dy : Infinity),
  }[key];
  const [best] = links.map((link) => [far(place(link)), link]).sort((a, b) => a[0] - b[0]);
  return best[0] === Infinity ? from : best[1];
};

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("[data-week] a[data-row]");
  const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];
  if (!link || !keys.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault();
  const links = free(link.closest("table"));
  const target = nearest(links, link, event.key);
  links.forEach((other) => (other.tabIndex = other === target ? 0 : -1));
  target.focus();
  target.scrollIntoView({ block: "nearest", inline: "nearest" });
});

const prepareAll = () => document.querySelectorAll("[data-week]").forEach(prepare);

// What was pressed may be gone once the calendar is turned: the focus stays in the calendar.
let wasPressed = false;
document.addEventListener("click", (event) => (wasPressed = Boolean(event.target.closest?.("#week"))));
document.addEventListener("htmx:after:swap", () => {
  prepareAll();
  if (wasPressed && document.activeElement === document.body) document.querySelector('[data-week] a[tabindex="0"]')?.focus();
  wasPressed = false;
});
prepareAll();

