// Keys of the inbox. Each does what a link or a button of the page does, so nothing needs them.
(() => {
  "use strict";
  const KEPT = "hearback-inbox-keys";
  const WRITING = "input:not([type=checkbox]), textarea, select";
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const find = (selector) => document.querySelector(selector);
  const isOff = () => {
    try { return localStorage.getItem(KEPT) === "off"; } catch { return false; }
  };

  const row = () => {
    const focused = document.activeElement.closest("[data-row]");
    return focused || (find("[data-row] [aria-current]") || { closest: () => null }).closest("[data-row]");
  };
  const step = (by) => {
    const all = rows(), here = all.indexOf(row());
    const next = all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + by))];
    if (next) next.querySelector("a").focus();
  };
  const open = () => { const here = row(); if (here) here.querySelector("a").click(); };
  const choose = () => {
    const here = row();
    if (!here) return;
    here.querySelector("input").click();
    here.querySelector("a").focus();
  };
  const isChosen = () => find("[data-row] input:checked") !== null;
  const mark = (key) => {
    const button = (isChosen() && find(`[data-many="${key}"]`)) || find(`[data-key="${key}"]`);
    if (button) button.click();
  };
  const unfold = (key) => {
    const folded = find(`[data-fold="${key}"]`);
    if (!folded) return;
    folded.open = true;
    (folded.querySelector("textarea, select") || folded.querySelector("summary")).focus();
  };
  const play = () => {
    const sound = find("#letter audio");
    if (!sound) return;
    if (sound.paused) sound.play().catch(() => {}); else sound.pause();
  };
  const writeDown = () => { const field = find("#letter [data-heard]"); if (field) field.focus(); };
  const help = () => {
    const keys = find("[data-keys]");
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
  };

  const KEYS = {
    j: () => step(1), k: () => step(-1), o: open, x: choose,
    r: () => mark("r"), t: () => mark("t"), a: () => mark("a"),
    p: () => unfold("p"), l: () => unfold("l"), m: () => unfold("m"),
    v: play, w: writeDown,
    "/": () => find("[data-search]").focus(), "?": help, "؟": help,
  };
  // On keyboards of other scripts the key is meant that lies there.
  const meant = (event) => (/^[a-z]$/.test(event.key) || !/^Key[A-Z]$/.test(event.code)
    ? event.key : event.key > "~" && !event.shiftKey ? event.code.slice(3).toLowerCase() : event.key);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.closest(WRITING)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const act = KEYS[meant(event)];
    if (!act || isOff()) return;
    event.preventDefault();
    act();
  });

  const button = find("[data-switch]");
  const say = () => { button.textContent = isOff() ? button.dataset.on : button.dataset.off; };
  button.addEventListener("click", () => {
    try { localStorage.setItem(KEPT, isOff() ? "on" : "off"); } catch { return; }
    say();
  });
  say();

  const masking = find("[data-mask]");
  if (masking) {
    masking.addEventListener("click", () => {
      const field = masking.form.querySelector("textarea");
      const { selectionStart: start, selectionEnd: end, value } = field;
      if (start < end) field.setRangeText(`[[${value.slice(start, end)}]]`, start, end, "end");
      field.focus();
    });
  }
  for (const scripted of document.querySelectorAll("[data-scripted]")) scripted.hidden = false;
})();
