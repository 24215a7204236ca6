// Small comforts. Every page works without this file.

// ── Irreversible buttons ask first: <button data-confirm="Cancel the booking?"> ──
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm]");
  const dialog = document.getElementById("confirm-dialog");
  if (!button?.form || !dialog?.showModal) return;
  if (!button.form.noValidate && !button.formNoValidate && !button.form.reportValidity()) return event.preventDefault();
  event.preventDefault();
  dialog.querySelector("[data-confirm-question]").textContent = button.dataset.confirm;
  dialog.querySelector("[data-confirm-yes]").textContent = button.textContent.trim();
  dialog.returnValue = "";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return button.focus();
      button.form.requestSubmit(button);
    },
    { once: true },
  );
  dialog.showModal();
  dialog.querySelector("[data-confirm-no]").focus();
});

// ── The menu lies over the page: it goes when the focus does ──
document.getElementById("menu")?.addEventListener("focusout", (event) => {
  const menu = event.currentTarget;
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.hidePopover();
});

// ── What is wrong with a form is read first ──
document.querySelector(".error-summary")?.focus();
