// On a phone the navigation is a strip, which begins at the page that is open.
{
  const here = document.querySelector(".side [aria-current]");
  if (here) {
    const [strip, at] = [here.closest("nav"), here.getBoundingClientRect()];
    strip.scrollLeft += at.left - (strip.clientWidth - at.width) / 2;
  }
}
