// The source pane: what a mark points at, beside the conversation. Escape leads back to the mark, and from elsewhere to
// the question, which also has the focus whenever what had it is gone.
"use strict";
(() => {
  const SOURCES = /^(\.?\/)?(answers\/[0-9a-f]+\/\d+|document\/)/;
  const WAYS = { "#newest": newest, "#add": add };
  let pane, frame, mark, focused, said = 0;

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
      inside.addEventListener("keydown", leave);
      const quote = inside.getElementById("quote");
      (quote || inside.getElementById("main") || frame).focus({ preventScroll: Boolean(quote) });
    });
    pane = element("aside", { id: "source", "aria-label": "Source" }, element("header", {}, alone, close), frame);
    document.body.append(pane);
  }

  function leave(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.body.classList.contains("reading")) shut();
    else if (event.target.getAttribute("aria-expanded") !== "true") ask(); // a list that is open closes first
  }

  function tab(name) {
    for (const one of document.querySelectorAll('[role="tab"]')) if (one.textContent.trim() === name) one.click();
  }

  function ask() {
    tab("Ask");
    requestAnimationFrame(() => document.querySelector("#question textarea").focus());
  }

  function add() {
    tab("Documents");
    requestAnimationFrame(() => document.getElementById("upload").focus());
  }

  function newest() {
    const answer = [...document.querySelectorAll("#conversation .answer")].pop();
    answer.tabIndex = -1;
    answer.focus();
  }

  function open(link) {
    if (!pane) build();
    mark = link;
    pane.hidden = false;
    document.body.classList.add("reading");
    frame.src = link.href;
  }

  // Gradio gives every link a tab of its own.
  function go(link) {
    location.assign(link.href);
  }

  async function copy(link) {
    const text = await (await fetch(link.href)).text();
    try {
      await navigator.clipboard.writeText(text);
      link.textContent = "Copied";
    } catch {
      go(link); // where the browser keeps the clipboard to itself, there is still the file
    }
  }

  function shut() {
    pane.hidden = true;
    document.body.classList.remove("reading");
    if (mark.isConnected) mark.focus();
    else ask();
  }

  function keepFocus() {
    const question = document.querySelector("#question textarea:enabled");
    const nowhere = document.activeElement === document.body && !focused?.checkVisibility();
    if (question && nowhere) question.focus({ preventScroll: true });
  }

  // The newest question at the top, its answer below it.
  function follow() {
    const asked = [...document.querySelectorAll("#conversation .user-row")];
    const now = asked.length + document.querySelectorAll("#conversation .answer").length;
    if (now > said) asked.pop().scrollIntoView();
    said = now;
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = link.getAttribute("href");
    const act = link.classList.contains("copy") ? copy : WAYS[to] || (SOURCES.test(to) ? open : go);
    if (act === go && link.host !== location.host) return;
    event.preventDefault();
    event.stopPropagation();
    act(link);
  }, true);

  document.addEventListener("keydown", leave);
  document.addEventListener("focusin", (event) => { focused = event.target; });
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
    for (const around of document.querySelectorAll(".toast-header[role]")) {
      around.removeAttribute("role"); // a button, and another in it, which nobody can tell apart
      around.removeAttribute("tabindex");
    }
    const link = document.querySelector("a.permalink");
    if (link && link.search !== location.search) history.replaceState(null, "", link.href);
    follow();
    keepFocus();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
