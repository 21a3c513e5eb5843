// The source pane: what a mark points at, beside the conversation. Escape leads back to the mark.
"use strict";
(() => {
  const SOURCES = /^(\.?\/)?(answers\/[0-9a-f]+\/\d+|document\/)/;
  let pane, frame, mark;

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function build() {
    const close = element("button", { type: "button" }, "Close");
    const alone = element("a", { target: "_blank", href: "about:blank" }, "Open alone");
    close.addEventListener("click", shut);
    frame = element("iframe", { title: "Source", name: "source" });
    frame.addEventListener("load", () => {
      const inside = frame.contentDocument;
      if (!inside || inside.URL === "about:blank") return;
      alone.href = inside.URL;
      inside.addEventListener("keydown", escape);
      const quote = inside.getElementById("quote");
      (quote || inside.getElementById("main") || frame).focus({ preventScroll: Boolean(quote) });
    });
    pane = element("aside", { id: "source", "aria-label": "Source" }, element("header", {}, alone, close), frame);
    pane.addEventListener("keydown", escape);
    document.body.append(pane);
  }

  function escape(event) {
    if (event.key === "Escape") shut();
  }

  function open(link) {
    if (!pane) build();
    mark = link;
    pane.hidden = false;
    document.body.classList.add("reading");
    frame.src = link.href;
  }

  function shut() {
    pane.hidden = true;
    document.body.classList.remove("reading");
    const back = mark && mark.isConnected ? mark : document.querySelector("#question textarea");
    if (back) back.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!SOURCES.test(link.getAttribute("href"))) return;
    event.preventDefault();
    event.stopPropagation();
    open(link);
  }, true);

  // The address follows the conversation, so that a reload, a bookmark and the back button find it again.
  new MutationObserver(() => {
    const link = document.querySelector("#permalink a");
    if (link && link.search !== location.search) history.replaceState(null, "", link.href);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
