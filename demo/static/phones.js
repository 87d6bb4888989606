// Shows each new message on its phone, and sends what is typed or tapped there.

const places = new Map([...document.querySelectorAll(".place")].map((place) => [place.dataset.platform, place]));
const unread = new Map();

for (const place of places.values()) {
  restoreOwner(place);
  place.querySelector("[data-owner]").addEventListener("change", () => show(place));
  place.querySelector("form").addEventListener("submit", (event) => say(event, place));
  place.querySelector("textarea").addEventListener("keydown", sendOnEnter);
  place.querySelector("textarea").addEventListener("input", (event) => grow(event.target));
  place.addEventListener("click", (event) => click(event, place));
  place.addEventListener("keydown", (event) => event.key === "Escape" && closeSheet(place));
  localTimes(place);
  show(place);
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

function put({ platform, person, id, html }) {
  const place = places.get(platform);
  const chat = chatOf(place, person);
  const fresh = element(html);
  const old = [...chat.children].find((turn) => turn.dataset.id === id);
  if (old && Number(old.dataset.edition) >= Number(fresh.dataset.edition)) return;
  localTimes(fresh);
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  if (old) {
    old.replaceWith(fresh);
  } else {
    fresh.classList.add("new");
    chat.append(fresh);
    if (chat.hidden) count(place, person);
  }
  if (atEnd || fresh.classList.contains("them")) toEnd(chat);
  tellQuiet(place);
}

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function chatOf(place, person) {
  return [...place.querySelectorAll(".chat")].find((chat) => chat.dataset.person === person);
}

function owner(place) {
  return place.querySelector("[data-owner]").value;
}

function show(place) {
  const person = owner(place);
  for (const chat of place.querySelectorAll(".chat")) chat.hidden = chat.dataset.person !== person;
  localStorage.setItem(`owner of ${place.dataset.platform}`, person);
  unread.delete(`${place.dataset.platform} ${person}`);
  closeSheet(place);
  label(place);
  tellQuiet(place);
  const chat = chatOf(place, person);
  if (chat) toEnd(chat);
}

function restoreOwner(place) {
  const select = place.querySelector("[data-owner]");
  const person = localStorage.getItem(`owner of ${place.dataset.platform}`);
  if ([...select.options].some((option) => option.value === person)) select.value = person;
}

function count(place, person) {
  const key = `${place.dataset.platform} ${person}`;
  unread.set(key, (unread.get(key) ?? 0) + 1);
  label(place);
}

function label(place) {
  for (const option of place.querySelectorAll("option")) {
    const news = unread.get(`${place.dataset.platform} ${option.value}`);
    option.textContent = news ? `${option.dataset.label} (${news})` : option.dataset.label;
  }
}

function tellQuiet(place) {
  const chat = chatOf(place, owner(place));
  place.querySelector(".quiet").hidden = !chat || chat.childElementCount > 0;
}

function toEnd(chat) {
  chat.scrollTop = chat.scrollHeight;
}

function localTimes(within) {
  for (const time of within.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    const [hour, minute] = [moment.getHours(), moment.getMinutes()];
    time.textContent = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
  }
}

function say(event, place) {
  event.preventDefault();
  const field = place.querySelector("textarea");
  if (!field.value.trim()) return;
  act(place, "say", { text: field.value });
  field.value = "";
  grow(field);
}

function sendOnEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

function grow(field) {
  const lines = field.value.split("\n").length;
  field.rows = Math.min(Math.max(lines, Math.ceil(field.value.length / 28)), 5) || 1;
}

function click(event, place) {
  const button = event.target.closest("button");
  if (!button) return;
  if ("tap" in button.dataset) tap(place, button);
  if ("opens" in button.dataset) openSheet(place, button);
  if ("close" in button.dataset) closeSheet(place);
  if ("act" in button.dataset) act(place, button.dataset.act, {});
  if ("hello" in button.dataset) act(place, "say", { text: button.textContent });
}

function tap(place, button) {
  const message = button.closest("[data-id]")?.dataset.id ?? place.querySelector(".sheet").dataset.message;
  act(place, "tap", { message, index: Number(button.dataset.tap) });
  closeSheet(place);
}

function openSheet(place, button) {
  const sheet = place.querySelector(".sheet");
  const turn = button.closest("[data-id]");
  sheet.querySelector("strong").textContent = button.dataset.opens;
  sheet.querySelector("ul").replaceChildren(...turn.querySelector("template").content.cloneNode(true).querySelectorAll("li"));
  sheet.dataset.message = turn.dataset.id;
  sheet.hidden = false;
  sheet.querySelector("li button").focus();
}

function closeSheet(place) {
  const sheet = place.querySelector(".sheet");
  if (sheet.hidden) return;
  sheet.hidden = true;
  [...place.querySelectorAll("[data-id]")]
    .find((turn) => turn.dataset.id === sheet.dataset.message)
    ?.querySelector("[data-opens]")
    ?.focus();
}

function act(place, action, body) {
  const path = ["", "phones", place.dataset.platform, encodeURIComponent(owner(place)), action].join("/");
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}
