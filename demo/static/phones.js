// Shows each new message on its phone, and sends what is typed or tapped there without loading the page anew.

const places = new Map([...document.querySelectorAll(".place")].map((place) => [place.id, place]));
const unread = new Map();

for (const place of places.values()) {
  place.querySelector("[data-owner]").addEventListener("change", () => show(place, firstOf(place)));
  place.addEventListener("click", choose);
  place.addEventListener("submit", submit);
  place.addEventListener("keydown", press);
  place.addEventListener("input", (event) => event.target.matches("textarea") && grow(event.target));
}
listen();

function listen() {
  const events = new EventSource("/phones/events");
  const lost = document.querySelector(".connection");
  events.addEventListener("open", () => (lost.hidden = true));
  events.addEventListener("error", () => (lost.hidden = false));
  events.addEventListener("run", (event) => event.data === document.body.dataset.run || location.reload());
  events.addEventListener("bubble", (event) => put(JSON.parse(event.data)));
}

function put({ platform, sender, person, id, html }) {
  const place = places.get(platform);
  const talk = talkOf(place, person, sender);
  const fresh = element(html);
  const old = [...talk.querySelectorAll("[data-id]")].find((turn) => turn.dataset.id === id);
  if (old && Number(old.dataset.edition) >= Number(fresh.dataset.edition)) return;
  if (old) {
    replace(old, fresh);
  } else {
    fresh.classList.add("new");
    separate(talk, fresh.dataset.day);
    talk.querySelector("ol").append(fresh);
    if (talk.hidden) count(place, talk);
  }
  if (fresh.classList.contains("them")) talk.querySelector(".chat").scrollTop = 0; // the end, as it is laid out from there
}

// Whoever stands on a choice with the keyboard stays there.
function replace(old, fresh) {
  const choices = (turn) => [...turn.querySelectorAll("button, summary")];
  const focused = choices(old).indexOf(document.activeElement);
  old.replaceWith(fresh);
  choices(fresh)[focused]?.focus();
}

// A page that was loaded on an earlier day still calls that day today.
function separate(talk, day) {
  const today = talk.querySelector("template").content.querySelector(".day");
  if (day > today.dataset.day) location.reload();
  if (!talk.querySelector(`.day[data-day="${day}"]`)) talk.querySelector("ol").append(today.cloneNode(true));
}

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function talkOf(place, person, sender) {
  return talksOf(place, person).find((talk) => talk.dataset.sender === sender);
}

function talksOf(place, person) {
  return [...place.querySelectorAll(".talk")].filter((talk) => talk.dataset.person === person);
}

function ownerOf(place) {
  return place.querySelector("[data-owner]").value;
}

// The first chat in which something has been said, or else the first.
function firstOf(place) {
  const talks = talksOf(place, ownerOf(place));
  return (talks.find((talk) => talk.querySelector("li")) ?? talks[0]).dataset.sender;
}

function choose(event) {
  const contact = event.target.closest(".contacts a");
  if (!contact || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  show(event.currentTarget, contact.dataset.sender);
}

function show(place, sender) {
  const shown = talkOf(place, ownerOf(place), sender);
  for (const talk of place.querySelectorAll(".talk")) talk.hidden = talk !== shown;
  for (const bar of place.querySelectorAll(".bar")) bar.hidden = bar.dataset.sender !== sender;
  for (const contact of place.querySelectorAll(".contacts a")) {
    if (contact.dataset.sender === sender) contact.setAttribute("aria-current", "true");
    else contact.removeAttribute("aria-current");
  }
  unread.delete(shown);
  label(place);
  remember(place, sender);
}

// In the address, so that the page shows the same chats when it is loaded anew.
function remember(place, sender) {
  const address = new URL(location);
  address.searchParams.set(place.id, ownerOf(place));
  if (place.querySelector(".contacts")) address.searchParams.set(`${place.id}-chat`, sender);
  history.replaceState(null, "", address);
}

function count(place, talk) {
  unread.set(talk, (unread.get(talk) ?? 0) + 1);
  label(place);
}

function label(place) {
  for (const option of place.querySelectorAll("option")) {
    option.textContent = withNews(option.dataset.label, talksOf(place, option.value));
  }
  for (const contact of place.querySelectorAll(".contacts a")) {
    const name = contact.firstElementChild;
    name.dataset.label ??= name.textContent;
    name.textContent = withNews(name.dataset.label, [talkOf(place, ownerOf(place), contact.dataset.sender)]);
  }
}

function withNews(name, talks) {
  const news = talks.reduce((sum, talk) => sum + (unread.get(talk) ?? 0), 0);
  return news ? `${name} (${news})` : name;
}

function submit(event) {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const address = event.submitter?.getAttribute("formaction") ?? form.action;
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields) });
  closeSheet(form.closest("details"));
  const words = form.querySelector("textarea");
  if (words && address === form.action) {
    words.value = "";
    grow(words);
  }
}

function press(event) {
  if (event.key === "Escape") closeSheet(event.target.closest("details[open]"));
  if (event.key === "Enter" && event.target.matches("textarea")) sendOnEnter(event);
}

function closeSheet(sheet) {
  sheet?.removeAttribute("open");
  sheet?.querySelector("summary").focus();
}

function sendOnEnter(event) {
  if (event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (event.target.value.trim()) event.target.form.requestSubmit(event.target.form.querySelector(".send"));
}

function grow(field) {
  const lines = field.value.split("\n").length;
  field.rows = Math.min(Math.max(lines, Math.ceil(field.value.length / 28)), 5) || 1;
}
