// Live refresh: on a change event the page's live regions are fetched again
// and what differs is swapped, element by element, so that focus, scroll,
// selection and open details stay where they are.
{
  const source = document.body.dataset.events;
  const lost = document.getElementById("lost");
  let stream = null, busy = false, again = false, retry = 0;

  // keep lists what belongs to the reader, not to the server.
  const keep = { DETAILS: ["open"], DIALOG: ["open"], INPUT: ["value", "checked"] };

  const attributes = (old, now) => {
    const kept = old.type === "hidden" ? [] : keep[old.tagName] ?? [];
    for (const { name } of [...old.attributes]) if (!now.hasAttribute(name) && !kept.includes(name)) old.removeAttribute(name);
    for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value && !kept.includes(name)) old.setAttribute(name, value);
  };

  const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id ?? "") === (b.id ?? "");

  const morph = (old, now) => {
    if (old.isEqualNode(now)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = now.nodeValue; return; }
    attributes(old, now);
    const named = new Map([...old.children].filter((c) => c.id).map((c) => [c.id, c]));
    let at = old.firstChild;
    for (const next of [...now.childNodes]) {
      let match = next.id ? named.get(next.id) : at && !at.id && same(at, next) ? at : null;
      if (!match || !same(match, next)) { old.insertBefore(next, at); continue; }
      if (match === at) at = at.nextSibling; else old.insertBefore(match, at);
      morph(match, next);
    }
    while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
  };

  // show fetches the live regions of a page of ours and swaps them in.
  const show = async (url) => {
    const answer = await fetch(url, { headers: { "Sluice-Fragment": "live" }, redirect: "manual" });
    if (answer.status === 401) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of page.querySelectorAll("[data-live]")) {
      const old = document.getElementById(region.id);
      if (old) morph(old, region);
    }
    lost.hidden = true;
    retry = 0;
  };

  const refresh = async () => {
    if (document.hidden) return;
    if (busy) { again = true; return; }
    busy = true;
    try { await show(location.href); } catch { lost.hidden = false; }
    busy = false;
    if (again) { again = false; refresh(); }
  };

  const listen = () => {
    if (!source || document.hidden || stream) return;
    stream = new EventSource(source);
    stream.addEventListener("open", refresh);
    stream.addEventListener("change", refresh);
    stream.addEventListener("tick", refresh);
    stream.addEventListener("error", () => {
      lost.hidden = false;
      if (stream?.readyState !== EventSource.CLOSED) return;
      stream = null;
      retry = Math.min(retry + 1, 6);
      setTimeout(() => { refresh(); listen(); }, 1000 * 2 ** retry);
    });
  };

  // A hidden page keeps no connection: browsers have few for one server.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) { listen(); return; }
    stream?.close();
    stream = null;
  });
  addEventListener("pagehide", () => stream?.close());
  listen();

  // Filters change the regions in place and the address with them.
  document.addEventListener("click", (click) => {
    const link = click.target.closest?.("a[data-filter]");
    if (!link || click.ctrlKey || click.metaKey || click.shiftKey || click.button !== 0) return;
    const url = new URL(link.getAttribute("href"), location.href);
    if (url.pathname !== location.pathname) return;
    click.preventDefault();
    show(url).then(() => history.pushState(null, "", url), () => location.assign(url));
  });
  addEventListener("popstate", () => show(location.href).catch(() => location.reload()));
}
