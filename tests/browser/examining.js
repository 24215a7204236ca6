// What a program can see of whether everybody can use a page. Each examination gives sentences: what is wrong.
(() => {
  const name = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || element.name || "").trim();
    const id = element.id ? `#${element.id}` : "";
    const classes = [...element.classList].map((one) => `.${one}`).join("");
    return `${element.localName}${id}${classes} "${words.replace(/\s+/g, " ").slice(0, 40)}"`;
  };
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const isTucked = (element) => element.closest(".visually-hidden, .skip-link, [aria-hidden=true]") !== null;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(isSeen);
  // What is open above the page keeps the focus, or goes when the focus leaves it.
  const above = () => document.querySelector("dialog:modal, :popover-open");

  // WCAG 2.2 A and AA, as axe-core tests them.
  const axeFaults = async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"], elementRef: false });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary.replace(/\s+/g, " ")}`),
    );
  };

  // 1.4.10: at 320 CSS px (a page of 1280 px at 400 %) nothing needs scrolling sideways, but what is wide by nature
  // and scrolls by itself.
  const sideways = () => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = all("body *").filter(
      (one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".scroll") && !isTucked(one),
    );
    const deepest = wide.filter((one) => !wide.some((other) => other !== one && one.contains(other)));
    return [`${document.documentElement.scrollWidth} px wide: ${deepest.slice(0, 4).map(name).join(", ")}`];
  };

  // 1.4.12: with more room between lines, letters and words, nothing is cut off.
  const spaced = new CSSStyleSheet();
  spaced.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }
  `);
  const cutOff = () =>
    all("body *")
      .filter((one) => {
        const style = getComputedStyle(one);
        const cuts = [style.overflowX, style.overflowY].some((how) => how === "hidden" || how === "clip");
        const grows = one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
        return cuts && grows && !isTucked(one) && !one.closest("svg") && one.textContent.trim();
      })
      .map((one) => `cut off: ${name(one)}`);
  const withRoom = (examine) => {
    document.adoptedStyleSheets = [spaced];
    const faults = examine();
    document.adoptedStyleSheets = [];
    return faults;
  };

  // 2.5.5 for what is drawn as a button or a field; axe asks 24 px of every other target (2.5.8).
  const smallTargets = () =>
    all("button, summary, .button, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio])")
      .filter((one) => !isTucked(one) && !one.matches(".need-sentence *"))
      .map((one) => [one, one.getBoundingClientRect()])
      .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
      .map(([one, box]) => `${Math.round(box.width)} × ${Math.round(box.height)} px: ${name(one)}`);

  // 2.4.7 and 2.4.11: what has the focus shows it, and nothing that stays in place lies over it.
  const hiddenFocus = () => {
    const held = document.activeElement;
    const [faults, top] = [[], above() ?? document];
    const stops = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    for (const one of all(stops).filter((one) => top.contains(one) && !one.disabled)) {
      one.blur();
      const before = looks(one);
      one.focus();
      if (document.activeElement !== one) continue;
      if (looks(one) === before) faults.push(`no ring around ${name(one)}`);
      const box = one.getClientRects()[0];
      if (!box) continue;
      const over = document.elementFromPoint(box.left + Math.min(box.width, 20) / 2, box.top + box.height / 2);
      const fixed = over && !one.contains(over) && !over.contains(one) && stays(over);
      if (fixed) faults.push(`${name(one)} has the focus behind ${name(over)}`);
    }
    if (held && held !== document.body) held.focus();
    return faults;
  };
  // What draws a ring: the element itself, or what stands for it, such as the label of a hidden box or a drawn shape.
  const looks = (one) =>
    [one, one.parentElement, one.parentElement?.parentElement, one.nextElementSibling, ...one.children]
      .filter(Boolean)
      .map((part) => {
        const { outlineStyle, outlineWidth, stroke, strokeWidth } = getComputedStyle(part);
        const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
        return [ring, stroke, strokeWidth].join();
      })
      .join(";");
  const stays = (element) => {
    for (let one = element; one; one = one.parentElement)
      if (["fixed", "sticky"].includes(getComputedStyle(one).position)) return true;
    return false;
  };

  // Who asked for no motion gets none.
  const motion = () => {
    const lasts = (text) => text.split(",").some((one) => parseFloat(one) * (one.includes("ms") ? 0.001 : 1) > 0.01);
    return all("body *")
      .filter((one) => {
        const style = getComputedStyle(one);
        return lasts(style.transitionDuration) || (style.animationName !== "none" && lasts(style.animationDuration));
      })
      .map((one) => `moves: ${name(one)}`);
  };

  // What axe takes for good manners only, and this house promises.
  const outline = () => {
    const faults = [];
    const heads = all("h1").filter((one) => !isTucked(one)).length;
    if (heads !== 1) faults.push(`${heads} first headings`);
    let before = 0;
    for (const one of all("h1, h2, h3, h4, h5, h6")) {
      const level = Number(one.localName[1]);
      if (before && level > before + 1) faults.push(`h${level} after h${before}: ${name(one)}`);
      before = level;
    }
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    const twice = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
    if (twice.length) faults.push(`ids that stand twice: ${twice.join(", ")}`);
    return faults;
  };

  globalThis.examine = {
    axe: axeFaults,
    sideways,
    spacing: () => withRoom(() => [...sideways(), ...cutOff()]),
    targets: smallTargets,
    focus: hiddenFocus,
    motion,
    outline,
  };
})();
