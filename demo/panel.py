"""The town's page, with the phones and the console; and beside the console what it has no page for yet."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from demo import panel_views as views
from demo.colleagues import WORKERS, sign_in_first
from demo.phones import HEADERS, STATIC, page, templates
from demo.posts import Handler, guarded, posted
from demo.town.running import Office, Town
from handlers import inputs, people, rounds
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session

POLICY = "Content-Security-Policy"
BESIDE = HEADERS | {POLICY: HEADERS[POLICY].replace("frame-ancestors 'none'", "frame-ancestors 'self'")}
"""Of the pages that stand where the console stands."""
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
        web.get(at, panel.decide),
        web.post(f"{at}/invite", guarded(panel.invite)),
        web.get(f"{at}/open", panel.ask_to_open),
        web.post(f"{at}/open", guarded(panel.open)),
        web.get(f"{at}/close", panel.ask_to_close),
        web.post(f"{at}/close", guarded(panel.close)),
        web.get(f"{at}/inputs", panel.inputs),
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
    """What stands there of one process. Each method answers one request."""

    office: Office

    @property
    def slug(self) -> str:
        return self.office.content.slug

    @property
    def path(self) -> str:
        return f"/panel/{self.slug}"

    async def whole(self, request: web.Request) -> web.StreamResponse:
        """The phones, and the console beside them, in which the first of the staff is signed in already."""
        town = self.office.town
        await self.office.looks(lambda session: views.opened(session, self.office))
        scene, kept = town.scenery, {"process": self.slug}
        shown = self._frame() | {"colleagues": WORKERS}
        answer = page(request, town.platforms, scene.phones, town.clock(), "town.html", kept, scene.posters, **shown)
        await sign_in_first(town, request, answer)
        return answer

    # Hand up

    async def inputs(self, _request: web.Request) -> web.StreamResponse:
        """What was handed up, to this process or by it."""
        return self._show("inputs", await self.office.looks(lambda session: views.handed(session, self.office)))

    async def input(self, request: web.Request) -> web.StreamResponse:
        return await self._input(request.query)

    async def rewrite_input(self, request: web.Request) -> web.StreamResponse:
        """Go on with an input that is not handed up yet."""
        return await self._input(await posted(request))

    async def ask_to_hand_up(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        new = self._new_input(form)
        try:
            published = await self.office.rehearses(
                lambda session, process, now: inputs.publish(session, process, new, now)
            )
        except contents.Unfit as unfit:
            return await self._input(form, str(unfit))
        return self._show("hand_up", {"published": published, "fields": list(form.items())})

    async def hand_up(self, request: web.Request) -> web.StreamResponse:
        form = await posted(request)
        new = self._new_input(form)
        try:
            await self.office.acts(lambda session, process, now: inputs.publish(session, process, new, now))
        except contents.Unfit as unfit:
            return await self._input(form, str(unfit))
        raise web.HTTPSeeOther(f"{self.path}/inputs")

    # Decide

    async def decide(self, _request: web.Request) -> web.StreamResponse:
        return await self._decide()

    async def invite(self, _request: web.Request) -> web.StreamResponse:
        keys = self.office.town.parts.keys
        code = await self.office.acts(lambda session, process, now: people.invite(session, keys, process, now))
        return await self._decide(code=code)

    async def ask_to_open(self, _request: web.Request) -> web.StreamResponse:
        return await self._ask("open", lambda session: views.opening(session, self.office))

    async def open(self, _request: web.Request) -> web.StreamResponse:
        async def work(session: Session, process: OpenProcess, now: datetime) -> str:
            prepared = (await views.opening(session, self.office))["prepared"]
            return await rounds.open_(session, process, prepared, now)

        return await self._decided(work)

    async def ask_to_close(self, request: web.Request) -> web.StreamResponse:
        name = request.query.get("round", "")
        return await self._ask("close", lambda session: views.closing(session, self.office, name))

    async def close(self, request: web.Request) -> web.StreamResponse:
        name = _one(await posted(request), "round")
        keys = self.office.town.parts.keys
        return await self._decided(lambda session, process, now: rounds.close(session, process, keys, name, now))

    # What several of them need

    async def _input(self, form: MultiMapping[str], wrong: str = "") -> web.StreamResponse:
        shown = await self.office.looks(lambda session: views.handing_up(session, self.office, form, wrong))
        return self._show("input", shown, status=422 if wrong else 200)

    async def _decide(self, wrong: str = "", code: str = "") -> web.StreamResponse:
        shown = await self.office.looks(lambda session: views.decide(session, self.office))
        return self._show("decide", shown | {"wrong": wrong, "code": code}, status=422 if wrong else 200)

    async def _ask(self, section: str, look: Callable[[Session], Awaitable[dict[str, Any]]]) -> web.StreamResponse:
        """Says what will happen, and waits for a yes."""
        try:
            return self._show(section, await self.office.looks(look))
        except contents.Unfit as unfit:
            return await self._decide(str(unfit))

    async def _decided(self, work: Callable[..., Awaitable[object]]) -> web.StreamResponse:
        try:
            await self.office.acts(work)
        except contents.Unfit as unfit:
            return await self._decide(str(unfit))
        raise web.HTTPSeeOther(self.path)

    def _texts(self, form: MultiMapping[str], field: str = "text") -> Mapping[str, str]:
        written = {code: _one(form, f"{field}-{code}").strip() for code in self.office.content.process.languages}
        return {code: text for code, text in written.items() if text}

    def _new_input(self, form: MultiMapping[str]) -> contents.Input:
        return contents.Input(self._texts(form, "title"), self._texts(form))

    def _frame(self) -> dict[str, Any]:
        """What every page needs to say which process it is of."""
        processes = self.office.town.scenery.processes
        return {"desk": self.path, "office": self.office.content, "processes": processes}

    def _show(self, section: str, shown: Mapping[str, object], status: int = 200) -> web.Response:
        html = templates.get_template(f"panel/{section}.html").render(**self._frame(), static=STATIC, **shown)
        return web.Response(text=html, status=status, content_type="text/html", headers=BESIDE)


def _one(form: MultiMapping[str], name: str) -> str:
    """A field, with lines as we write them and without signs that nobody can see."""
    text = form.get(name, "").replace("\r\n", "\n")
    return "".join(sign for sign in text if sign == "\n" or ord(sign) >= 32)
