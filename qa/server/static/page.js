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

  // Gradio gives every link a tab of its own.
  function follow(link) {
    location.assign(link.href);
  }

  async function copy(link) {
    const text = await (await fetch(link.href)).text();
    try {
      await navigator.clipboard.writeText(text);
      link.textContent = "Copied";
    } catch {
      follow(link); // where the browser keeps the clipboard to itself, there is still the file
    }
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
    const act = link.classList.contains("copy") ? copy : SOURCES.test(link.getAttribute("href")) ? open : follow;
    if (act === follow && link.host !== location.host) return;
    event.preventDefault();
    event.stopPropagation();
    act(link);
  }, true);

  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    const input = document.querySelector("input#upload, #upload input[type=file], input[type=file]");
    if (!input || !event.dataTransfer.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // The address follows the conversation, so that a reload, a bookmark and the back button find it again. And Gradio
  // names each message by its source, which a screen reader would read out with all its tags.
  new MutationObserver(() => {
    for (const named of document.querySelectorAll("#conversation [data-testid][aria-label]")) {
      named.removeAttribute("aria-label");
    }
    const link = document.querySelector("a.permalink");
    if (link && link.search !== location.search) history.replaceState(null, "", link.href);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
