"""The organizer's panel beside the phones: for the demo only, as nobody has to sign in."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from multidict import MultiDict, MultiMapping

from demo import panel_views as views
from demo.colleagues import WORKERS
from demo.phones import HEADERS, STATIC, page, templates
from demo.posts import Handler, guarded, posted
from demo.town.running import Office, Town
from handlers import bulletins, doors, inputs, people, responses, rounds
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session
from storage.broadcasts import Audience

PART = "X-Panel"
"""The header by which a page asks for the panel alone, to put it in its place."""
NOT_YET = "The people of this process are still coming in. This page comes again by itself."


def routes(town: Town) -> list[web.AbstractRouteDef]:
    """The page with everything on it, and the panel: that of each process below /panel, by its slug."""
    panels = [Panel(town.office(content.slug)) for content in town.scenery.processes]

    async def whole(request: web.Request) -> web.StreamResponse:
        chosen = request.query.get("process", "")
        return await next((panel for panel in panels if panel.slug == chosen), panels[0]).whole(request)

    async def first(_: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther(panels[0].path)

    of_each = [
        web.get(route.path, once_open(route.handler)) if route.method == "GET" else route
        for panel in panels
        for route in _routes(panel)
    ]
    return [web.get("/", once_open(whole)), web.get("/panel", first), *of_each]


def once_open(handler: Any) -> Handler:
    """While the town is being built it may not have opened this process yet: the page comes again by itself."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            answered: web.StreamResponse = await handler(request)
        except contents.Unfit:
            return web.Response(status=503, text=NOT_YET, headers={"Refresh": "2", "Retry-After": "2"})
        return answered

    return answer


def _routes(panel: "Panel") -> list[web.RouteDef]:
    at = panel.path
    return [
        web.get(at, panel.tell),
        web.post(at, guarded(panel.publish)),
        web.post(f"{at}/publish", guarded(panel.ask_to_publish)),
        web.post(f"{at}/write", guarded(panel.write)),
        web.get(f"{at}/reach", panel.reach),
        web.get(f"{at}/leaving", panel.leaving),
        web.get(f"{at}/hear", panel.hear),
        web.get(f"{at}/newer", panel.newer),
        web.get(f"{at}/answer", panel.answer),
        web.post(f"{at}/answer", guarded(panel.respond)),
        web.post(f"{at}/answer/ask", guarded(panel.ask_to_respond)),
        web.post(f"{at}/answer/write", guarded(panel.reword)),
        web.get(f"{at}/answered/{{response}}", panel.answered),
        web.get(f"{at}/decide", panel.decide),
        web.post(f"{at}/invite", guarded(panel.invite)),
        web.get(f"{at}/open", panel.ask_to_open),
        web.post(f"{at}/open", guarded(panel.open)),
        web.get(f"{at}/close", panel.ask_to_close),
        web.post(f"{at}/close", guarded(panel.close)),
        web.get(f"{at}/done", panel.done),
        web.get(f"{at}/doors/{{sender}}/{{word}}.svg", panel.picture),
        *(_routes_up(panel) if panel.office.content.process.under else []),
    ]


def _routes_up(panel: "Panel") -> list[web.RouteDef]:
    """Those of a process that stands under another."""
    at = f"{panel.path}/input"
    return [
        web.get(at, panel.input),
        web.post(at, guarded(panel.hand_up)),
        web.post(f"{at}/ask", guarded(panel.ask_to_hand_up)),
        web.post(f"{at}/write", guarded(panel.rewrite_input)),
    ]


@dataclass(frozen=True, slots=True)
class Panel:
    """Where the organizer of one process sits. Each method answers one request."""

    office: Office

    @property
    def slug(self) -> str:
        return self.office.content.slug

    @property
    def path(self) -> str:
        return f"/panel/{self.slug}"

    async def whole(self, request: web.Request) -> web.StreamResponse:
        shown = await self._tell(MultiDict())
        town = self.office.town
        scene, kept = town.scenery, {"process": self.slug}
        shown |= self._frame("tell") | {"colleagues": WORKERS}
        return page(request, town.platforms, scene.phones, town.clock(), "town.html", kept, scene.posters, **shown)

    # Tell

    async def tell(self, request: web.Request) -> web.StreamResponse:
        return self._show(request, "tell", await self._tell(request.query))

    async def write(self, request: web.Request) -> web.StreamResponse:
        """Go on with a text that is not published yet."""
        return self._show(request, "tell", await self._tell(await posted(request)))

    async def ask_to_publish(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        try:
            bulletin = contents.Bulletin(self._texts(form), self._audience(form))
            contents.check_rendered(bulletin.text, "text")
        except contents.Unfit as unfit:
            return self._show(request, "tell", await self._tell(form, str(unfit)), status=422)
        shown = await self.office.looks(lambda session: views.publishing(session, self.office, bulletin))
        return self._show(request, "publish", shown | {"fields": list(form.items())})

    async def publish(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        try:
            bulletin = contents.Bulletin(self._texts(form), self._audience(form))
            await self.office.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))
        except contents.Unfit as unfit:
            return self._show(request, "tell", await self._tell(form, str(unfit)), status=422)
        raise web.HTTPSeeOther(f"{self.path}#leaving")

    async def reach(self, request: web.Request) -> web.StreamResponse:
        """How many people an audience has, as a sentence."""
        try:
            audience = self._audience(request.query)
        except contents.Unfit as unfit:
            raise web.HTTPUnprocessableEntity(text=str(unfit)) from unfit
        number = await self.office.looks(lambda session: views.reachable(session, self.office, audience))
        return self._show(request, "reach", {"number": number})

    async def leaving(self, request: web.Request) -> web.StreamResponse:
        which = request.query.get("of", "")
        return self._show(request, "leaving", {"leaving": await self._leaving(which)})

    async def picture(self, request: web.Request) -> web.StreamResponse:
        """The QR code of a door."""
        sender, word = request.match_info["sender"], request.match_info["word"]
        for entrance in await self._doors():
            if (entrance.sender, entrance.word) == (sender, word):
                code = doors.picture(entrance.link, "svg")
                return web.Response(body=code, content_type="image/svg+xml", headers=HEADERS)
        raise web.HTTPNotFound(text="There is no such door.")

    # Hear

    async def hear(self, request: web.Request) -> web.StreamResponse:
        return self._show(request, "hear", await self.office.looks(lambda session: views.hear(session, self.office)))

    async def newer(self, request: web.Request) -> web.StreamResponse:
        """Whether something has come that the page does not show yet."""
        newest = await self.office.looks(lambda session: views.newest(session, self.office))
        return self._show(request, "newer", {"news": newest != request.query.get("than", "")})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, request.query)

    async def reword(self, request: web.Request) -> web.StreamResponse:
        """Go on with an answer that is not given yet."""
        return await self._answer(request, await posted(request))

    async def ask_to_respond(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        response = self._response(form)
        try:
            await self.office.rehearses(
                lambda session, process, now: responses.respond(session, process, response, now)
            )
        except contents.Unfit as unfit:
            return await self._answer(request, form, str(unfit))
        shown = await self.office.looks(lambda session: views.responding(session, self.office, response))
        return self._show(request, "respond", shown | {"fields": list(form.items())})

    async def respond(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        response = self._response(form)
        try:
            name, _told = await self.office.acts(
                lambda session, process, now: responses.respond(session, process, response, now)
            )
        except contents.Unfit as unfit:
            return await self._answer(request, form, str(unfit))
        raise web.HTTPSeeOther(f"{self.path}/answered/{name}")

    async def answered(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["response"]
        shown = await self.office.looks(lambda session: views.answered(session, self.office, name))
        if not shown["answered"]:
            raise web.HTTPNotFound(text="There is no such response.")
        return self._show(request, "answered", {**shown, "leaving": await self._leaving(f"response:{name}")})

    # Hand up

    async def input(self, request: web.Request) -> web.StreamResponse:
        return await self._input(request, request.query)

    async def rewrite_input(self, request: web.Request) -> web.StreamResponse:
        """Go on with an input that is not handed up yet."""
        return await self._input(request, await posted(request))

    async def ask_to_hand_up(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        new = self._new_input(form)
        try:
            published = await self.office.rehearses(
                lambda session, process, now: inputs.publish(session, process, new, now)
            )
        except contents.Unfit as unfit:
            return await self._input(request, form, str(unfit))
        return self._show(request, "hand_up", {"published": published, "fields": list(form.items())})

    async def hand_up(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        new = self._new_input(form)
        try:
            await self.office.acts(lambda session, process, now: inputs.publish(session, process, new, now))
        except contents.Unfit as unfit:
            return await self._input(request, form, str(unfit))
        raise web.HTTPSeeOther(f"{self.path}/hear")

    # Decide

    async def decide(self, request: web.Request) -> web.StreamResponse:
        return await self._decide(request)

    async def invite(self, request: web.Request) -> web.StreamResponse:
        keys = self.office.town.parts.keys
        code = await self.office.acts(lambda session, process, now: people.invite(session, keys, process, now))
        return await self._decide(request, code=code)

    async def ask_to_open(self, request: web.Request) -> web.StreamResponse:
        return await self._ask(request, "open", lambda session: views.opening(session, self.office))

    async def open(self, request: web.Request) -> web.StreamResponse:
        async def work(session: Session, process: OpenProcess, now: datetime) -> str:
            prepared = (await views.opening(session, self.office))["prepared"]
            return await rounds.open_(session, process, prepared, now)

        return await self._decided(request, work)

    async def ask_to_close(self, request: web.Request) -> web.StreamResponse:
        name = request.query.get("round", "")
        return await self._ask(request, "close", lambda session: views.closing(session, self.office, name))

    async def close(self, request: web.Request) -> web.StreamResponse:
        name = _one(await posted(request), "round")
        keys = self.office.town.parts.keys
        return await self._decided(
            request, lambda session, process, now: rounds.close(session, process, keys, name, now)
        )

    # Done

    async def done(self, request: web.Request) -> web.StreamResponse:
        return self._show(request, "done", {"leaving": await self._leaving("", most=100)})

    # What several of them need

    async def _tell(self, form: MultiMapping[str], wrong: str = "") -> dict[str, Any]:
        shown = await self.office.looks(lambda session: views.tell(session, self.office, form, wrong))
        return shown | {"leaving": await self._leaving("", most=3), "doors": await self._doors()}

    async def _doors(self) -> list[views.ShownDoor]:
        listed = await self.office.looks(lambda session: views.doors_of(session, self.office))
        return [await views.shown_door(self.office, door) for door in listed]

    async def _leaving(self, which: str, most: int = 3) -> list[views.SentOut]:
        return await self.office.looks(lambda session: views.leaving(session, self.office, which, most))

    async def _answer(self, request: web.Request, form: MultiMapping[str], wrong: str = "") -> web.StreamResponse:
        shown = await self.office.looks(lambda session: views.answer(session, self.office, form, wrong))
        return self._show(request, "answer", shown, status=422 if wrong else 200)

    async def _input(self, request: web.Request, form: MultiMapping[str], wrong: str = "") -> web.StreamResponse:
        shown = await self.office.looks(lambda session: views.handing_up(session, self.office, form, wrong))
        return self._show(request, "input", shown, status=422 if wrong else 200)

    async def _decide(self, request: web.Request, wrong: str = "", code: str = "") -> web.StreamResponse:
        shown = await self.office.looks(lambda session: views.decide(session, self.office))
        return self._show(request, "decide", shown | {"wrong": wrong, "code": code}, status=422 if wrong else 200)

    async def _ask(
        self, request: web.Request, section: str, look: Callable[[Session], Awaitable[dict[str, Any]]]
    ) -> web.StreamResponse:
        """Says what will happen, and waits for a yes."""
        try:
            return self._show(request, section, await self.office.looks(look))
        except contents.Unfit as unfit:
            return await self._decide(request, str(unfit))

    async def _decided(self, request: web.Request, work: Callable[..., Awaitable[object]]) -> web.StreamResponse:
        try:
            await self.office.acts(work)
        except contents.Unfit as unfit:
            return await self._decide(request, str(unfit))
        raise web.HTTPSeeOther(f"{self.path}/decide")

    def _texts(self, form: MultiMapping[str], field: str = "text") -> Mapping[str, str]:
        written = {code: _one(form, f"{field}-{code}").strip() for code in self.office.content.process.languages}
        return {code: text for code, text in written.items() if text}

    def _new_input(self, form: MultiMapping[str]) -> contents.Input:
        return contents.Input(self._texts(form, "title"), self._texts(form))

    def _response(self, form: MultiMapping[str]) -> contents.Response:
        return contents.Response(_one(form, "state"), self._texts(form), tuple(map(str, form.getall("id", ()))))

    def _audience(self, form: MultiMapping[str]) -> Audience:
        """Raises `Unfit`."""
        offered = views.audience(self.office)
        chosen = {name: tuple(form.getall(name, ())) for name in offered}
        for name, values in chosen.items():
            if not set(values) <= set(offered[name]):
                raise contents.Unfit(f"audience: there is no such {name}.")
        return Audience(chosen["language"], chosen["region"], chosen["channel"], members=bool(chosen["role"]))

    def _frame(self, section: str) -> dict[str, Any]:
        """What every page of the panel shows around its section."""
        processes = self.office.town.scenery.processes
        return {"section": section, "desk": self.path, "office": self.office.content, "processes": processes}

    def _show(self, request: web.Request, section: str, shown: Mapping[str, object], status: int = 200) -> web.Response:
        """A section: in a page of its own, or alone for the page that has the phones."""
        template = f"panel/{section}.html" if PART in request.headers or section in views.FRAGMENTS else "panel.html"
        html = templates.get_template(template).render(**self._frame(section), static=STATIC, run="", **shown)
        return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)


def _one(form: MultiMapping[str], name: str) -> str:
    """A field, with lines as we write them and without signs that nobody can see."""
    text = form.get(name, "").replace("\r\n", "\n")
    return "".join(sign for sign in text if sign == "\n" or ord(sign) >= 32)
