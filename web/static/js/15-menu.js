// A menu closes with Escape, which gives the focus back, and with a click or
// a focus elsewhere; the arrows go from entry to entry.
{
  const open = () => document.querySelector("details.menu[open]");
  document.addEventListener("click", (click) => {
    const menu = open();
    if (menu && !menu.contains(click.target)) menu.open = false;
  });
  document.addEventListener("focusin", (focus) => {
    const menu = open();
    if (menu && !menu.contains(focus.target) && !focus.target.closest("dialog")) menu.open = false;
  });
  document.addEventListener("keydown", (key) => {
    const menu = key.target.closest?.("details.menu");
    if (!menu) return;
    if (key.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[key.key];
    if (!step) return;
    key.preventDefault();
    menu.open = true;
    const entries = [...menu.querySelectorAll("li a, li button")];
    const at = entries.indexOf(document.activeElement);
    entries[(at + step + entries.length) % entries.length]?.focus();
  });
}
