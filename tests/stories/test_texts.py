"""A text is written together: proposed by SMS in Arabic, supported on Telegram in French, decided, and told to both."""

from datetime import datetime

from handlers import decisions, items, texts
from handlers.items import Translation
from handlers.processes import OpenProcess
from handlers.texts import TextDraft
from handlers.writing import contents
from storage import Session, amendments
from storage.states import RenditionState
from tests.stories.town import Person, StoryTown

STAFF, OTHER = "staff-1", "staff-2"
ARABIC = "الاجتماعات\nتُعقد الاجتماعات في العاصمة."
PROPOSED = "تُعقد الاجتماعات في كل منطقة."
PLAN = TextDraft(
    {"en": "Participation plan", "fr": "Plan de participation", "ar": "خطة المشاركة"},
    {"en": "The rules of the review", "fr": "Les règles", "ar": "قواعد الاستعراض"},
    {"en": "The organizers", "fr": "L’équipe", "ar": "المنظمون"},
    language="ar",
)
BECAUSE = {"fr": "Beaucoup vivent loin.", "ar": "كثيرون يعيشون بعيدًا."}


async def published(square: StoryTown) -> str:
    """A text in Arabic with one part, which is translated into French; gives the id of the text."""

    async def act(session: Session, process: OpenProcess, now: datetime) -> str:
        text = await texts.begin(session, process, PLAN, now)
        [part] = await texts.write(session, process, text, ARABIC, STAFF, now)
        french = Translation("Réunions\nLes réunions sont dans la capitale.", RenditionState.TRANSLATED, 0, 1)
        await items.translate(session, process, part, "fr", french, OTHER, now)
        await texts.publish(session, process, text, now)
        return text

    return await square.acts(act)


async def proposes(square: StoryTown, person: Person) -> str:
    """By SMS, in Arabic; gives the amendment's id."""
    person.says("نص")
    await person.hears_choices("خطة المشاركة", "الاجتماعات")
    person.says("1")
    await person.hears_choices("تُعقد الاجتماعات في العاصمة.", "اقتراح صياغة أخرى")
    person.says("1")
    await person.hears("كيف يجب أن يُكتب هذا الجزء؟")
    person.says(PROPOSED)
    await person.hears_choices("هل")
    person.says("1")
    await person.hears("شكرًا لكم.")
    [contribution] = await square.received()
    await square.acts(lambda session, process, now: amendments.show(session, process.id, contribution.id, STAFF, now))
    return contribution.id


async def supports(person: Person) -> None:
    """On Telegram, in French."""
    person.says("/texte")
    await person.hears_choices("Plan de participation", "Réunions")
    person.taps("Réunions")
    await person.hears_choices("Les réunions sont dans la capitale.", "Autres propositions")
    person.taps("Autres propositions")
    await person.hears_choices("Quelqu’un propose", PROPOSED)
    person.taps("Je le veux aussi")
    await person.hears("Nous vous dirons ici ce qui est décidé.")


async def decides(square: StoryTown, amendment: str, state: str, text: str) -> None:
    decision = contents.Decision(amendment, state, BECAUSE, "council", 1, text)
    await square.acts(lambda session, process, now: decisions.publish(session, process, decision, STAFF, now))


async def both(square: StoryTown) -> tuple[Person, Person, str]:
    """Who proposed something, who supports it, and the amendment."""
    await published(square)
    amina, fatou = square.on_sms(), square.on_telegram()
    await amina.joins("العربية")
    await fatou.joins("Français")
    amendment = await proposes(square, amina)
    await supports(fatou)
    return amina, fatou, amendment


async def test_what_is_taken_up_is_told_to_both_in_their_language_and_stands_in_the_next_edition(
    square: StoryTown,
) -> None:
    amina, fatou, amendment = await both(square)
    await decides(square, amendment, "taken_up", f"الاجتماعات\n{PROPOSED}")
    await amina.hears("كثيرون يعيشون بعيدًا.", "المجلس")
    await fatou.hears("des mots que vous soutenez", "Beaucoup vivent loin.", "le conseil")
    amina.says("نص")
    await amina.hears_choices("الاجتماعات")
    amina.says("1")
    await amina.hears_choices(PROPOSED, "ما الذي تغيّر")
    fatou.says("/texte")
    await fatou.hears_choices("Plan de participation")
    fatou.taps("الاجتماعات")
    await fatou.hears_choices(PROPOSED, "Nous n’avons pas encore", "Ce qui a changé")
    fatou.taps("Ce qui a changé")
    await fatou.hears_choices("Enlevé", "Nouveau")


async def test_what_is_not_taken_up_is_told_to_both_with_its_reason(square: StoryTown) -> None:
    amina, fatou, amendment = await both(square)
    await decides(square, amendment, "not_taken_up", "")
    await amina.hears("كثيرون يعيشون بعيدًا.")
    await fatou.hears("Beaucoup vivent loin.")
    fatou.says("/texte")
    await fatou.hears_choices("Réunions")
