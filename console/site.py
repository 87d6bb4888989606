"""All pages of the console, put where they are opened."""

from aiohttp import web

from console import (
    amendments,
    answers,
    ask,
    audiences,
    corrections,
    councils,
    doors,
    drafts,
    draw_forms,
    draws,
    exports,
    feedback,
    find,
    gathering,
    going,
    home,
    inbox,
    inquiries,
    invited,
    items,
    journal,
    matter_terms,
    matters,
    me,
    member_calls,
    moderation,
    openings,
    proposals,
    recordings,
    renditions,
    responses,
    rolls,
    round_files,
    round_openings,
    rounds,
    seats,
    second_factors,
    sendings,
    settings,
    signing_in,
    staff,
    staff_phones,
    statements,
    tell,
    texts,
    today,
    translations,
    words,
)
from console._frame import assets
from console._frame.guard import guarded
from console._frame.routes import Route
from console.office import Office

PAGES = (
    signing_in,
    second_factors,
    invited,
    me,
    staff,
    staff_phones,
    home,
    today,
    going,
    tell,
    items,
    audiences,
    sendings,
    ask,
    drafts,
    draw_forms,
    draws,
    openings,
    answers,
    inbox,
    moderation,
    responses,
    gathering,
    matter_terms,
    inquiries,
    feedback,
    matters,
    statements,
    proposals,
    rolls,
    round_openings,
    round_files,
    rounds,
    texts,
    amendments,
    words,
    translations,
    renditions,
    corrections,
    recordings,
    settings,
    councils,
    seats,
    member_calls,
    doors,
    exports,
    journal,
    find,
)


def routes() -> tuple[Route, ...]:
    return tuple(route for page in PAGES for route in page.routes)


def add(application: web.Application, office: Office) -> None:
    """Serve the console from this web app."""
    application.router.add_get(assets.PATH, assets.answer)
    for route in routes():
        application.router.add_route(route.method, route.path, guarded(office, route))
