// Line numbers beside a script: as many as there are lines, scrolled with it.
for (const text of document.querySelectorAll("textarea[data-numbered]")) {
  const numbers = text.parentElement.querySelector("ol");
  const tell = () => {
    const lines = Math.max(12, text.value.split("\n").length);
    while (numbers.children.length > lines) numbers.lastChild.remove();
    while (numbers.children.length < lines) {
      const item = document.createElement("li");
      item.textContent = numbers.children.length + 1;
      numbers.append(item);
    }
    numbers.scrollTop = text.scrollTop;
  };
  text.addEventListener("input", tell);
  text.addEventListener("scroll", () => { numbers.scrollTop = text.scrollTop; });
  tell();
}
