// The form of a booking: times picked without leaving the page, and the clock of a hold. It works without this file.

const booking = document.getElementById("booking");

// ── A time of the day is written into the fields, which asks for the answer to it ──
const write = (id, value) => {
  const field = document.getElementById(id);
  if (field) field.value = value;
  return field;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".time-button");
  if (!button || button.form !== booking) return;
  event.preventDefault();
  const [date, start, end, last] = button.value.split(" ");
  write("date", date);
  write("end_date", last ?? "");
  write("end", end);
  write("start", start).dispatchEvent(new Event("change", { bubbles: true }));
});

// ── What has the focus keeps it when its part of the page is shown anew ──
let focused = "";
document.addEventListener("focusin", (event) => (focused = event.target.id));
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement !== document.body || !focused) return;
  const current = focused.startsWith("time-") && document.querySelector(".time-button[aria-current]");
  if (current) current.closest("details").open = true;
  (current || document.getElementById(focused))?.focus();
});

// ── The clock of a hold counts by the server's time, and speaks at five minutes and at one ──
const clock = document.querySelector("[data-clock]");

if (clock) {
  const ahead = Date.parse(clock.dataset.now) - Date.now();
  const until = Date.parse(clock.dataset.until);
  const left = clock.querySelector("[data-clock-left]");
  const said = clock.querySelector("[data-clock-said]");
  let before = Infinity;

  const tick = () => {
    const seconds = Math.max(0, Math.round((until - Date.now() - ahead) / 1000));
    const passed = (limit) => before > limit && seconds <= limit;
    const [minutes, rest] = [Math.floor(seconds / 60), String(seconds % 60).padStart(2, "0")];
    left.textContent = clock.dataset.left.replace("{}", `${minutes}:${rest}`);
    if (before !== Infinity && passed(300)) said.textContent = clock.dataset.soon.replace("{}", "5");
    if (before !== Infinity && passed(60)) said.textContent = clock.dataset.last;
    if (seconds === 0) {
      clearInterval(ticking);
      left.textContent = "";
      said.classList.remove("visually-hidden");
      said.textContent = clock.dataset.over;
      clock.querySelector("button")?.remove();
      document.getElementById("start")?.dispatchEvent(new Event("change", { bubbles: true }));
    }
    before = seconds;
  };
  const ticking = setInterval(tick, 1000);
  tick();
}
