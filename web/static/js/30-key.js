// Keys: "/" goes to the search field.
document.addEventListener("keydown", (key) => {
  if (key.key !== "/" || key.ctrlKey || key.metaKey || key.altKey) return;
  if (key.target.closest?.("input, textarea, select, dialog")) return;
  const field = document.querySelector("main [type=search]") ?? document.querySelector("[type=search]");
  if (!field) return;
  key.preventDefault();
  field.focus();
  field.select();
});
