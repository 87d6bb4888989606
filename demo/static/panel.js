// Puts each page of the panel in the place of the one before, so that the phones beside it stay; renews what is live.

const panel = document.querySelector(".panel");
const EVERY = 1000;
const HEADERS = { "X-Panel": "1" };
let counting = 0;

panel.addEventListener("click", follow);
panel.addEventListener("submit", submit);
panel.addEventListener("change", (event) => event.target.form && count(event.target.form));
arrive();
renew();

function follow(event) {
  const link = event.target.closest("a[href^='/panel']");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  load(link.href);
}

function submit(event) {
  event.preventDefault();
  const form = event.target;
  const given = new URLSearchParams(new FormData(form));
  const address = event.submitter?.getAttribute("formaction") ?? form.action;
  if (form.method === "post") load(address, { method: "POST", body: given }, form);
  else load(`${address}?${given}`);
}

async function load(address, how = {}, form = null) {
  const buttons = form ? [...form.querySelectorAll("button")] : [];
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await fetch(address, { ...how, headers: HEADERS });
    const html = await answer.text();
    if (answer.headers.get("Content-Type")?.startsWith("text/html")) show(html, answer.redirected ? "#leaving" : "");
    else say(form, html);
  } catch {
    say(form, "The town does not answer. Nothing you wrote here is lost: try again.");
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

function show(html, hash) {
  panel.innerHTML = html;
  const target = panel.querySelector("[role=alert]") ?? (hash && panel.querySelector(hash));
  if (target) target.scrollIntoView({ block: "start" });
  else {
    panel.scrollTop = 0;
    if (document.documentElement.scrollTop > panel.offsetTop) panel.scrollIntoView();
  }
  focus(target || panel.querySelector("h3"));
  remember(panel.querySelector(".desk").dataset.process);
  arrive();
}

// In the address of the page with the phones, so that it shows the same process when it is loaded anew.
function remember(process) {
  if (!document.querySelector(".phones")) return;
  const address = new URL(location);
  address.searchParams.set("process", process);
  history.replaceState(null, "", address);
}

// Whoever uses the keyboard or a screen reader goes on where the new page begins.
function focus(place) {
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

function say(form, words) {
  const wrong = document.createElement("p");
  wrong.className = "wrong";
  wrong.setAttribute("role", "alert");
  wrong.textContent = words;
  (form ?? panel).prepend(wrong);
}

function arrive() {
  for (const form of panel.querySelectorAll("form[data-count]")) count(form);
}

async function count(form) {
  if (form.dataset.ticks !== undefined) return tick(form);
  if (!form.dataset.count) return;
  const mine = ++counting;
  const given = new URLSearchParams([...new FormData(form)].filter(([name]) => !name.startsWith("text-")));
  const words = await part(`${form.dataset.count}?${given}`);
  if (words !== null && mine === counting) form.querySelector(".reach").textContent = words.trim();
}

function tick(form) {
  const ticked = form.querySelectorAll("input:checked").length;
  form.querySelector(".hint").textContent = ticked ? `${ticked} ticked` : "Tick one or several.";
}

async function renew() {
  for (const place of document.hidden ? [] : panel.querySelectorAll("[data-live]")) {
    const html = await part(place.dataset.live);
    if (html !== null && place.isConnected && place.dataset.shown !== html) {
      place.innerHTML = html;
      place.dataset.shown = html;
    }
  }
  setTimeout(renew, EVERY);
}

async function part(address) {
  try {
    const answer = await fetch(address, { headers: HEADERS });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}
