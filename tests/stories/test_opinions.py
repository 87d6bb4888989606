"""Four people on three channels, in four languages, say what they agree on; one of them adds a thought of their own."""

from datetime import date

import flows
from bot.counting import Counting
from handlers import processes, statements
from handlers.writing.contents import Sounding
from storage import proposals, soundings
from storage import statements as stored
from tests.stories.town import StoryTown, now

STAFF = "0" * 32
CLINICS = {
    "en": "Clinics need interpreters.",
    "fr": "Les cliniques ont besoin d’interprètes.",
    "es": "Las clínicas necesitan intérpretes.",
    "ar": "تحتاج العيادات إلى مترجمين.",
}
CONTENT = Sounding(
    {
        "en": "Life in the region",
        "fr": "La vie dans la région",
        "es": "La vida en la región",
        "ar": "الحياة في المنطقة",
    },
    flows.Promise({"en": "To know."}, {"en": "The ministers."}, {"en": "The list."}, "consultation", date(2999, 1, 1)),
)


async def test_four_people_say_what_they_agree_on(square: StoryTown) -> None:
    alice, bob, cosma, dana = square.on_telegram(), square.on_whatsapp(), square.on_sms(), square.on_telegram()
    for person, language in ((alice, "English"), (bob, "Français"), (cosma, "Español"), (dana, "العربية")):
        await person.joins(language)
    await square.acts(lambda session, process, at: statements.open_(session, process, CONTENT, [CLINICS], at))
    for person, word, title, statement in (
        (alice, "opinion", "Life in the region", CLINICS["en"]),
        (bob, "opinion", "La vie dans la région", CLINICS["fr"]),
        (cosma, "opinión", "La vida en la region", "Las clinicas necesitan"),
        (dana, "رأي", "الحياة في المنطقة", CLINICS["ar"]),
    ):
        person.says(word)
        await person.hears_choices(title, statement)
    alice.says("Agree")
    await alice.hears_choices("You have answered every statement. Thank you.")
    bob.says("2")
    await bob.hears_choices("Vous avez répondu à toutes les phrases.")
    cosma.says("sí")
    await cosma.hears_choices("Usted respondio a todas las frases.")
    dana.says("٣")
    await dana.hears_choices("أجبتم عن كل الجمل.")

    cosma.says("mi frase")
    await cosma.hears("Escriba una sola idea")
    cosma.says("Los autobuses deben ser gratis.")
    await cosma.hears_choices("Gracias. Los organizadores la leeran")
    keys, database = square.parts.keys, square.parts.database
    async with database.reading() as session:
        process_id = (await processes.named(session)).id
        (waiting,) = await proposals.waiting(session, keys, process_id, None, 9)
    texts = {"es": waiting.words, "en": "Buses should be free."}
    await square.acts(
        lambda session, process, at: statements.accept(session, process, keys, waiting.id, texts, STAFF, at)
    )
    await cosma.hears("Usted propuso una frase. Ahora todos pueden responder a ella: Los autobuses deben ser gratis.")
    alice.says("opinion")
    await alice.hears_choices("1 is left.", "Buses should be free.")
    alice.says("1")
    await alice.hears_choices("You have answered every statement.")
    dana.says("رأي")
    await dana.hears_choices("Buses should be free.")

    await Counting(database, keys, "worker", now).go_on()
    async with database.reading() as session:
        (sounding,) = await soundings.newest(session, process_id, 1)
        clinics, buses = await stored.of_sounding(session, process_id, sounding.id)
    assert (clinics.agrees, clinics.disagrees, clinics.passes) == (2, 1, 1)
    assert (buses.agrees, buses.disagrees, buses.passes) == (1, 0, 0)
