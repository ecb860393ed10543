// What is wrong with the page for people who do not use a mouse, do not see
// well, or have a small screen: a list of sentences, empty when all is well.
(() => {
  const wrong = [];
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const what = (e) => e.outerHTML.slice(0, 120);
  const name = (e) => (e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") && document.getElementById(e.getAttribute("aria-labelledby"))?.textContent) ||
    [...(e.labels ?? [])].map((l) => l.textContent).join(" ") || (e.tagName === "INPUT" ? "" : e.textContent) || "").trim();

  for (const e of document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")) if (shown(e) && !name(e)) wrong.push("no name: " + what(e));
  for (const e of document.querySelectorAll("svg[role=img]")) if (!name(e)) wrong.push("no name: " + what(e));
  for (const e of document.querySelectorAll("table")) if (!e.querySelector("th[scope]")) wrong.push("no scope: " + what(e));
  for (const e of document.querySelectorAll("section")) if (!name(e)) wrong.push("section without a name: " + what(e));
  for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) wrong.push("forced focus order: " + what(e));
  for (const e of document.querySelectorAll("dl, ol, ul")) if (!e.children.length) wrong.push("empty list: " + what(e));
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
  if (document.querySelectorAll("main").length !== 1) wrong.push("not one main");
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) wrong.push(`the page is ${wide} pixels too wide`);

  if (matchMedia("(pointer: coarse)").matches) {
    for (const e of document.querySelectorAll("button, nav a, a.button, a.chip, input:not([type=hidden], [type=checkbox], [type=radio]), summary")) {
      const box = e.getBoundingClientRect();
      if (shown(e) && box.height < 43.5 && !e.closest(".skip")) wrong.push(`target ${Math.round(box.height)} high: ${what(e)}`);
    }
  }

  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgb = (...layers) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of layers) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !shown(e) || e.closest("[aria-hidden=true], .hidden, title, script")) continue;
    const layers = [];
    for (let up = e; up; up = up.parentElement) layers.unshift(getComputedStyle(up).backgroundColor);
    const color = getComputedStyle(e).color;
    const key = layers.join() + color;
    if (seen.has(key)) continue;
    seen.add(key);
    const [a, b] = [luminance(rgb("canvas", ...layers)), luminance(rgb("canvas", ...layers, color))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) wrong.push(`contrast ${contrast.toFixed(2)}: ${what(e)}`);
  }
  return wrong;
})()
