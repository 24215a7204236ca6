// The page of a space: what is picked on its plan is told at once. It works without this file.

// ── The plan ──
const sectionsOf = (choice) => choice.dataset.sections.split(" ").filter(Boolean);

const choiceOf = (plan, picked, count) => {
  const choices = [...plan.querySelectorAll(".plan-choice[data-sections]")];
  const same = (choice) => sectionsOf(choice).length === picked.length && sectionsOf(choice).every((one) => picked.includes(one));
  if (!picked.length) return null;
  return choices.find((one) => !("whole" in one.dataset) && same(one)) ?? choices.find((one) => "whole" in one.dataset && picked.length === count);
};

const show = (plan) => {
  const boxes = [...plan.querySelectorAll("input[name=section]")];
  const picked = boxes.filter((box) => box.checked).map((box) => box.value);
  const outcome = plan.querySelector("[data-plan-outcome]");
  const found = choiceOf(plan, picked, boxes.length);
  plan.querySelector(".plan-board").classList.toggle("is-one", Boolean(found));
  outcome.classList.toggle("is-apart", !found);
  plan.querySelectorAll(".plan-choice").forEach((one) => one.classList.toggle("is-picked", one === found));
  const words = found?.querySelector(".choice-what").cloneNode(true);
  outcome.replaceChildren(words ?? (picked.length ? outcome.dataset.apart : outcome.dataset.none));
};

const light = (event) => {
  const choice = event.target.closest?.(".plan-choice[data-sections]");
  const plan = event.target.closest?.("[data-plan]");
  if (!plan) return;
  const lit = choice && event.type !== "mouseout" && event.type !== "focusout" ? sectionsOf(choice) : [];
  plan.querySelectorAll("[data-section]").forEach((piece) => piece.classList.toggle("is-lit", lit.includes(piece.dataset.section)));
};

document.querySelectorAll("[data-plan]").forEach((plan) => {
  plan.addEventListener("change", () => show(plan));
  for (const type of ["mouseover", "mouseout", "focusin", "focusout"]) plan.addEventListener(type, light);
  plan.querySelector(".plan-board").classList.toggle("is-one", Boolean(plan.querySelector(".plan-outcome .choice-what")));
});

// ── The calendar's address: copied at a press ──
document.querySelectorAll("[data-copy]").forEach((field) => {
  const [input, button] = [field.querySelector("input"), field.querySelector("button")];
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(input.value);
    button.textContent = button.dataset.copied;
  });
});

// ── The sign at the door: printed at a press ──
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// ── A picture that is too large is told before it is sent ──
document.querySelectorAll("form[data-most-bytes]").forEach((form) => {
  const file = form.querySelector("input[type=file]");
  file.addEventListener("change", () => {
    const isTooLarge = [...file.files].some((one) => one.size > Number(form.dataset.mostBytes));
    file.setCustomValidity(isTooLarge ? form.dataset.tooLarge : "");
    file.reportValidity();
  });
});
