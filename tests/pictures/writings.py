"""What those who work at the town's review are writing while its pictures are taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.town.running import Town
from handlers import items, journal, progress, sendings, staff
from handlers.items import ItemDraft, Translation
from handlers.journal import Act, Entry
from handlers.processes import OpenProcess
from storage import Session, matters
from storage.matters import Wanted
from storage.states import RenditionState


@dataclass(frozen=True, slots=True)
class Writing:
    """An item in English, and how far it is in other languages."""

    title: str
    text: str
    done: Mapping[str, str]
    """By language, what has been approved."""
    begun: Mapping[str, str]
    """The same of what nobody but its translator has read."""


HELP_LINE = Writing(
    "Help line on Sundays",
    "From this week on the help line is open on Sundays, too, from 10:00 to 16:00. "
    "Somebody who speaks your language calls you back within the hour. It costs nothing, and nobody asks for papers.",
    {
        "fr": "Dès cette semaine, la ligne d’aide est ouverte aussi le dimanche, de 10 h à 16 h. "
        "Une personne qui parle votre langue vous rappelle dans l’heure. "
        "C’est gratuit, et personne ne demande de papiers.",
        "es": "Desde esta semana la línea de ayuda atiende también los domingos, de 10:00 a 16:00. "
        "Alguien que habla su idioma le devuelve la llamada en una hora. Es gratis y nadie pide papeles.",
    },
    {
        "ar": "ابتداءً من هذا الأسبوع يعمل خط المساعدة يوم الأحد أيضاً، من الساعة 10:00 إلى 16:00. "
        "ويعاود الاتصال بكم خلال ساعة شخص يتكلم لغتكم. الخدمة مجانية، ولا يطلب أحد أوراقاً.",
    },
)
HEARING = Writing(
    "Hearing in the capital",
    "The hearing is on Thursday at 18:00 in the town hall. Interpreters are there, and the bus is paid.",
    {"fr": "L’audition a lieu jeudi à 18 h à la mairie. Des interprètes sont présents et le bus est payé."},
    {},
)
CARDS = Writing(
    "Health cards",
    "Health cards are handed out without an appointment until the end of the month.",
    {},
    {"es": "Las tarjetas sanitarias se entregan sin cita hasta fin de mes."},
)

TRANSLATORS = {"ar": "salma"}


async def add(town: Town) -> Mapping[str, str]:
    """Gives what stands in the addresses of their pages."""
    office = town.office("regional")
    people = {colleague.login: colleague.id for colleague in await town.looks(staff.everybody)}

    async def write(session: Session, process: OpenProcess, now: datetime) -> Mapping[str, str]:
        ids = [
            await _written(session, process, writing, people, now - timedelta(hours=hours))
            for writing, hours in ((CARDS, 26), (HEARING, 3), (HELP_LINE, 1))
        ]
        await _requested(session, process, ids[1], people["ines"], now)
        counted = [going for going in await progress.newest(session, process, 30) if going.number is not None]
        answered = await matters.listed(session, process.id, Wanted(is_waiting=False), 1)
        return {"item": ids[-1], "broadcast": counted[0].broadcast.id, "matter": answered[0].id}

    return await office.acts(write)


async def _written(
    session: Session, process: OpenProcess, writing: Writing, people: Mapping[str, str], now: datetime
) -> str:
    new = ItemDraft(writing.title, "en", writing.text)
    item = await items.draft(session, process, new, people["ines"], now)

    async def note(login: str, act: Act, language: str) -> None:
        await journal.write(session, people[login], process.id, Entry(act, item, {"language": language}), now)

    await note("ines", Act.ITEM_WRITE, "en")
    for language, text in (*writing.done.items(), *writing.begun.items()):
        who = TRANSLATORS.get(language, "lucie")
        translation = Translation(text, RenditionState.TRANSLATED, edited=0, source_edition=1)
        await items.translate(session, process, item, language, translation, people[who], now)
        await note(who, Act.RENDITION_TRANSLATE, language)
    for language in writing.done:
        await items.approve(session, process, item, language, 1, people["kofi"], now)
        await note("kofi", Act.RENDITION_APPROVE, language)
    return item


async def _requested(session: Session, process: OpenProcess, item: str, staff_id: str, now: datetime) -> None:
    sending = await sendings.request(session, process, item, staff_id, now)
    entry = Entry(Act.SENDING_REQUEST, sending.id, {"hash": sending.hash})
    await journal.write(session, staff_id, process.id, entry, now)
