"""The words that open a flow, in every language at once."""

import pytest

from channels import kinds, reserved_words
from channels.carriers import Reserved
from channels.messages import Kind, Message
from flows import flow_for, flows, goes_back, is_free, nearest_flow, to_send
from flows._engine.folding import fold
from flows._engine.words import AND, BACK, NO, OR, YES, everywhere, start_again
from locales import _, languages, own_name, speaking
from tests.every_channel import every_channel

on_every_channel = pytest.mark.parametrize("channel", kinds())


def opens(message: Message, stopped: bool = False) -> str | None:
    return flow_for(message, every_channel()[message.channel].reserved_words, stopped)


def sent(text: str, channel: str = "telegram", kind: Kind = Kind.TEXT) -> Message:
    return Message(channel, "event", "sender", kind, text)


@pytest.mark.parametrize("language", languages())
def test_every_flow_opens_by_its_word(language: str) -> None:
    for flow in flows().values():
        for word in flow.words:
            with speaking(language):
                translated = _(word).split(OR)
            for synonym in translated:
                assert opens(sent(synonym)) == flow.name
                assert opens(sent(f" {synonym.upper()}. ", "sms")) == flow.name


@pytest.mark.parametrize("language", languages())
def test_only_the_first_of_several_words_is_shown(language: str) -> None:
    with speaking(language):
        for flow in flows().values():
            for word in flow.words:
                assert to_send(word) == _(word).split(OR)[0].upper()
                assert OR not in to_send(word)


def test_no_word_opens_two_flows() -> None:
    opened: dict[str, set[str]] = {}
    for flow in flows().values():
        for word in flow.words:
            for translation in everywhere(word):
                opened.setdefault(translation, set()).add(flow.name)
    assert {word: names for word, names in opened.items() if len(names) > 1} == {}
    assert set(opened).isdisjoint(everywhere(BACK) | everywhere(YES) | everywhere(NO))


@pytest.mark.parametrize("language", languages())
def test_every_flow_is_asked_for_by_what_the_menu_and_help_call_it(language: str) -> None:
    for flow in (flow for flow in flows().values() if flow.label):
        with speaking(language):
            label = _(flow.label)
        assert {opens(sent(label)), nearest_flow(sent(f" {label.upper()}. "))} <= {flow.name, None}
        assert flow.name in (opens(sent(label)), nearest_flow(sent(label)))


def test_the_other_words_are_told_apart() -> None:
    words = [everywhere(BACK), everywhere(AND), everywhere(YES), everywhere(NO)]
    assert sum(map(len, words)) == len(frozenset[str]().union(*words))


@on_every_channel
def test_no_word_of_ours_is_one_that_a_carrier_acts_on(channel: str) -> None:
    reserved_words = every_channel()[channel].reserved_words
    for flow in flows().values():
        for translation in (translation for word in flow.words for translation in everywhere(word)):
            assert reserved_words.get(translation, flow.name) == flow.name
    others = {word for word, reserved in reserved_words.items() if reserved is not Reserved.START_AFTER_STOP}
    assert others.isdisjoint(everywhere(BACK) | everywhere(AND) | everywhere(YES) | everywhere(NO))


@on_every_channel
def test_who_stopped_is_told_a_word_that_brings_them_back(channel: str) -> None:
    for language in languages():
        with speaking(language):
            word = start_again(every_channel()[channel].reserved_words)
        assert opens(sent(word, channel), stopped=True) == "start"


def test_twilio_knows_no_word_for_start_but_its_own() -> None:
    for channel, word in (("sms", "START"), ("whatsapp", "START"), ("telegram", "REPRENDRE")):
        with speaking("fr"):
            assert start_again(every_channel()[channel].reserved_words) == word


def test_every_word_is_one_word_that_can_be_typed() -> None:
    for word in (BACK, YES, NO, *(word for flow in flows().values() for word in flow.words)):
        assert all(translation and " " not in translation for translation in everywhere(word))


@pytest.mark.parametrize("word", ["عودة", "العودة", "volver", "retour", "Back!"])
def test_who_said_stop_comes_back_by_saying_so(word: str) -> None:
    assert opens(sent(word)) is None
    assert opens(sent(word), stopped=True) == "start"


@pytest.mark.parametrize(
    ("word", "flow"), [("بدء", "start"), ("ابدأ", "start"), ("إبدأ!", "start"), ("حالة", "status")]
)
def test_arabic_words_are_heard_in_their_usual_forms(word: str, flow: str) -> None:
    assert opens(sent(word)) == flow


@pytest.mark.parametrize("never", ["أبداً", "ابدا", "أبدا"])
def test_never_is_not_taken_for_begin(never: str) -> None:
    assert opens(sent(never), stopped=True) is None


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize(
    ("word", "flow"), [("CANCEL", "stop"), ("Arrêt", "stop"), ("UNSTOP", "start"), ("info", "help")]
)
def test_what_twilio_acts_on_means_the_same_to_us(channel: str, word: str, flow: str) -> None:
    assert opens(sent(word, channel)) == flow


@pytest.mark.parametrize("word", ["cancel", "end", "quit", "info"])
def test_on_telegram_they_are_ordinary_words(word: str) -> None:
    assert opens(sent(word)) is None


def test_yes_is_an_answer_until_one_has_stopped() -> None:
    assert opens(sent("YES", "sms")) is None
    assert opens(sent("YES", "sms"), stopped=True) == "start"
    assert opens(sent("YES"), stopped=True) is None


@pytest.mark.parametrize(
    ("command", "flow"),
    [
        ("/start", "start"),
        ("/start xyz", "start"),
        (f"/start {'x' * 64}", "start"),
        ("/stop", "stop"),
        ("/menu@hearback_bot", "menu"),
        ("/HELP", "help"),
    ],
)
def test_telegram_commands_open_flows(command: str, flow: str) -> None:
    assert opens(sent(command)) == flow


@pytest.mark.parametrize("text", ["", "/", "/ ", "please stop", "stop it now", "stop " * 1000, "!!!"])
def test_only_a_whole_message_is_a_word(text: str) -> None:
    assert opens(sent(text)) is None


def test_a_tap_is_never_a_word() -> None:
    assert opens(sent("stop", kind=Kind.CHOICE)) is None
    assert not goes_back(sent("0", kind=Kind.VOICE))


@pytest.mark.parametrize("text", ["0", " 0. ", "٠", "۰", "०", "0️⃣", "０", "\u200f٠", "back", "BACK!"])
def test_zero_and_back_go_back(text: str) -> None:
    assert goes_back(sent(text))


@pytest.mark.parametrize("text", ["10", "0 1", "", "go back home", "zero"])
def test_other_texts_do_not(text: str) -> None:
    assert not goes_back(sent(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ÉTÉ", "ete"),
        ("  Sí! ", "si"),
        ("أإآ", "ااا"),
        ("مُسَاعَدَة", "مساعده"),
        ("علی", "علي"),
        ("STRASSE", "straße"),
        ("d’accord", "d'accord"),
        ("Sœur", "SOEUR"),
    ],
)
def test_spellings_of_one_word_are_the_same(typed: str, meant: str) -> None:
    assert fold(typed) == fold(meant)


@pytest.mark.parametrize("around", ["{} ", " {}", "{}.", "\u200b{}\u200b", "\n{}\u00a0", "¡{}!", "…{}…"])
def test_what_surrounds_a_word_is_not_measured(around: str) -> None:
    before, after = around.split("{}")
    for word, flow in (("STOP", "stop"), ("توقف", "stop"), ("forget", "forget")):
        assert opens(sent(before * 100 + word + after * 100)) == flow
    assert goes_back(sent(before * 100 + "0" + after * 100))
    assert goes_back(sent(before * 100 + "back" + after * 100))


def test_a_long_text_that_begins_with_a_word_is_none() -> None:
    assert opens(sent("stop" + " and go" * 50)) is None
    assert opens(sent("/stop" + " and go" * 50)) is None
    assert opens(sent("/stop" + " " * 100)) == "stop"


@pytest.mark.parametrize("text", ["Begin", "اشترك", "", "x" * 1000])
@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_what_twilio_took_for_start_is_that_from_who_said_stop_only(channel: str, text: str) -> None:
    message = Message(channel, "event", "sender", Kind.TEXT, text, starts=True)
    assert opens(message, stopped=True) == "start"
    assert opens(message) is None


@pytest.mark.parametrize("language", languages())
def test_no_word_of_ours_is_free_to_be_a_name(language: str) -> None:
    with speaking(language):
        ours = [word for flow in flows().values() for each in flow.words for word in _(each).split(OR)]
        ours += [word for each in (AND, BACK, NO, YES) for word in _(each).split(OR)]
        ours += [own_name(language), *reserved_words()]
    assert [word for word in ours if is_free(word, reserved_words())] == []


@pytest.mark.parametrize("word", ["hello", "salam", "oui", "nope", "12", "1-2", "___", "two", "shrae", "menus", "sos"])
def test_what_people_may_mean_otherwise_is_not_free(word: str) -> None:
    assert not is_free(word, reserved_words())


@pytest.mark.parametrize(
    "word", ["harbour", "join-2026", "radio_tunis", "a", "x1", "EMEA", "geneva", "poster", "union"]
)
def test_other_words_are_free(word: str) -> None:
    assert is_free(word, reserved_words())
