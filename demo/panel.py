"""The organizer's panel beside the phones: for the demo only, as nobody has to sign in."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from multidict import MultiDict, MultiMapping

from demo import panel_views as views
from demo.phones import HEADERS, STATIC, page, templates
from demo.posts import guarded, posted
from demo.town.running import Town
from handlers import bulletins, contributions, people, rounds
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session
from storage.broadcasts import Audience

PART = "X-Panel"
"""The header by which a page asks for the panel alone, to put it in its place."""


def routes(town: Town) -> list[web.AbstractRouteDef]:
    """The page with everything on it, and the panel, below /panel."""
    desk = Panel(town)
    return [
        web.get("/", desk.whole),
        web.get("/panel", desk.tell),
        web.post("/panel", guarded(desk.publish)),
        web.post("/panel/publish", guarded(desk.ask_to_publish)),
        web.post("/panel/write", guarded(desk.write)),
        web.get("/panel/reach", desk.reach),
        web.get("/panel/leaving", desk.leaving),
        web.get("/panel/hear", desk.hear),
        web.get("/panel/newer", desk.newer),
        web.get("/panel/answer", desk.answer),
        web.post("/panel/answer", guarded(desk.respond)),
        web.post("/panel/answer/ask", guarded(desk.ask_to_respond)),
        web.post("/panel/answer/write", guarded(desk.reword)),
        web.get("/panel/answered/{response}", desk.answered),
        web.get("/panel/decide", desk.decide),
        web.post("/panel/invite", guarded(desk.invite)),
        web.get("/panel/open", desk.ask_to_open),
        web.post("/panel/open", guarded(desk.open)),
        web.get("/panel/close", desk.ask_to_close),
        web.post("/panel/close", guarded(desk.close)),
        web.get("/panel/done", desk.done),
    ]


@dataclass(frozen=True, slots=True)
class Panel:
    """Where the organizer sits. Each method answers one request."""

    town: Town

    async def whole(self, request: web.Request) -> web.StreamResponse:
        shown = await self._tell(MultiDict())
        phones, now = self.town.scenery.phones, self.town.clock()
        return page(request, self.town.platforms, phones, now, "town.html", section="tell", **shown)

    # Tell

    async def tell(self, request: web.Request) -> web.StreamResponse:
        return _show(request, "tell", await self._tell(request.query))

    async def write(self, request: web.Request) -> web.StreamResponse:
        """Go on with a text that is not published yet."""
        return _show(request, "tell", await self._tell(await posted(request)))

    async def ask_to_publish(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        try:
            bulletin = contents.Bulletin(self._texts(form), self._audience(form))
            contents.check_rendered(bulletin.text, "text")
        except contents.Unfit as unfit:
            return _show(request, "tell", await self._tell(form, str(unfit)), status=422)
        shown = await self.town.looks(lambda session: views.publishing(session, self.town, bulletin))
        return _show(request, "publish", shown | {"fields": list(form.items())})

    async def publish(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        try:
            bulletin = contents.Bulletin(self._texts(form), self._audience(form))
            await self.town.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))
        except contents.Unfit as unfit:
            return _show(request, "tell", await self._tell(form, str(unfit)), status=422)
        raise web.HTTPSeeOther("/panel#leaving")

    async def reach(self, request: web.Request) -> web.StreamResponse:
        """How many people an audience has, as a sentence."""
        try:
            audience = self._audience(request.query)
        except contents.Unfit as unfit:
            raise web.HTTPUnprocessableEntity(text=str(unfit)) from unfit
        number = await self.town.looks(lambda session: views.reachable(session, audience))
        return _show(request, "reach", {"number": number})

    async def leaving(self, request: web.Request) -> web.StreamResponse:
        which = request.query.get("of", "")
        return _show(request, "leaving", {"leaving": await self._leaving(which)})

    # Hear

    async def hear(self, request: web.Request) -> web.StreamResponse:
        return _show(request, "hear", await self.town.looks(lambda session: views.hear(session, self.town)))

    async def newer(self, request: web.Request) -> web.StreamResponse:
        """Whether something has come that the page does not show yet."""
        newest = await self.town.looks(lambda session: views.newest(session, self.town))
        return _show(request, "newer", {"news": newest != request.query.get("than", "")})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, request.query)

    async def reword(self, request: web.Request) -> web.StreamResponse:
        """Go on with an answer that is not given yet."""
        return await self._answer(request, await posted(request))

    async def ask_to_respond(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        response = self._response(form)
        try:
            await self.town.rehearses(
                lambda session, process, now: contributions.respond(session, process, response, now)
            )
        except contents.Unfit as unfit:
            return await self._answer(request, form, str(unfit))
        shown = await self.town.looks(lambda session: views.responding(session, self.town, response))
        return _show(request, "respond", shown | {"fields": list(form.items())})

    async def respond(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        response = self._response(form)
        try:
            name, _told = await self.town.acts(
                lambda session, process, now: contributions.respond(session, process, response, now)
            )
        except contents.Unfit as unfit:
            return await self._answer(request, form, str(unfit))
        raise web.HTTPSeeOther(f"/panel/answered/{name}")

    async def answered(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["response"]
        shown = await self.town.looks(lambda session: views.answered(session, self.town, name))
        if not shown["answered"]:
            raise web.HTTPNotFound(text="There is no such response.")
        return _show(request, "answered", {**shown, "leaving": await self._leaving(f"response:{name}")})

    # Decide

    async def decide(self, request: web.Request) -> web.StreamResponse:
        return await self._decide(request)

    async def invite(self, request: web.Request) -> web.StreamResponse:
        keys = self.town.parts.keys
        code = await self.town.acts(lambda session, process, now: people.invite(session, keys, process, now))
        return await self._decide(request, code=code)

    async def ask_to_open(self, request: web.Request) -> web.StreamResponse:
        return await self._ask(request, "open", lambda session: views.opening(session, self.town))

    async def open(self, request: web.Request) -> web.StreamResponse:
        async def work(session: Session, process: OpenProcess, now: datetime) -> str:
            prepared = (await views.opening(session, self.town))["prepared"]
            return await rounds.open_(session, process, prepared, now)

        return await self._decided(request, work)

    async def ask_to_close(self, request: web.Request) -> web.StreamResponse:
        name = request.query.get("round", "")
        return await self._ask(request, "close", lambda session: views.closing(session, self.town, name))

    async def close(self, request: web.Request) -> web.StreamResponse:
        name = _one(await posted(request), "round")
        keys = self.town.parts.keys
        return await self._decided(
            request, lambda session, process, now: rounds.close(session, process, keys, name, now)
        )

    # Done

    async def done(self, request: web.Request) -> web.StreamResponse:
        return _show(request, "done", {"leaving": await self._leaving("", most=100)})

    # What several of them need

    async def _tell(self, form: MultiMapping[str], wrong: str = "") -> dict[str, object]:
        shown = await self.town.looks(lambda session: views.tell(session, self.town, form, wrong))
        return shown | {"leaving": await self._leaving("", most=3)}

    async def _leaving(self, which: str, most: int = 3) -> list[views.SentOut]:
        return await self.town.looks(lambda session: views.leaving(session, which, most))

    async def _answer(self, request: web.Request, form: MultiMapping[str], wrong: str = "") -> web.StreamResponse:
        shown = await self.town.looks(lambda session: views.answer(session, self.town, form, wrong))
        return _show(request, "answer", shown, status=422 if wrong else 200)

    async def _decide(self, request: web.Request, wrong: str = "", code: str = "") -> web.StreamResponse:
        shown = await self.town.looks(lambda session: views.decide(session, self.town))
        return _show(request, "decide", shown | {"wrong": wrong, "code": code}, status=422 if wrong else 200)

    async def _ask(
        self, request: web.Request, section: str, look: Callable[[Session], Awaitable[dict[str, Any]]]
    ) -> web.StreamResponse:
        """Says what will happen, and waits for a yes."""
        try:
            return _show(request, section, await self.town.looks(look))
        except contents.Unfit as unfit:
            return await self._decide(request, str(unfit))

    async def _decided(self, request: web.Request, work: Callable[..., Awaitable[object]]) -> web.StreamResponse:
        try:
            await self.town.acts(work)
        except contents.Unfit as unfit:
            return await self._decide(request, str(unfit))
        raise web.HTTPSeeOther("/panel/decide")

    def _texts(self, form: MultiMapping[str]) -> Mapping[str, str]:
        written = {code: _one(form, f"text-{code}").strip() for code in self.town.scenery.process.languages}
        return {code: text for code, text in written.items() if text}

    def _response(self, form: MultiMapping[str]) -> contents.Response:
        return contents.Response(_one(form, "state"), self._texts(form), tuple(map(str, form.getall("id", ()))))

    def _audience(self, form: MultiMapping[str]) -> Audience:
        """Raises `Unfit`."""
        offered = views.audience(self.town)
        chosen = {name: tuple(form.getall(name, ())) for name in offered}
        for name, values in chosen.items():
            if not set(values) <= set(offered[name]):
                raise contents.Unfit(f"audience: there is no such {name}.")
        return Audience(chosen["language"], chosen["region"], chosen["channel"], bool(chosen["role"]))


def _show(request: web.Request, section: str, shown: Mapping[str, object], status: int = 200) -> web.Response:
    """A section: in a page of its own, or alone for the page that has the phones."""
    template = f"panel/{section}.html" if PART in request.headers or section in views.FRAGMENTS else "panel.html"
    html = templates.get_template(template).render(section=section, static=STATIC, run="", **shown)
    return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)


def _one(form: MultiMapping[str], name: str) -> str:
    """A field, with lines as we write them and without signs that nobody can see."""
    text = form.get(name, "").replace("\r\n", "\n")
    return "".join(sign for sign in text if sign == "\n" or ord(sign) >= 32)
