"""What is done to texts on their way: counted, split, made plain, kept readable."""

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from channels._body import clean
from channels._tap import pack, unpack
from channels._text.bidi import readable
from channels._text.plain import plain
from channels._text.segments import segments, utf16
from channels._text.split import split

TEXTS = st.text(st.sampled_from("ab €^\n.?é شم👍🏽\u200d👩नि\u0301ç\u200f12"), max_size=400)


# Segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        ("ش" * 70, 1),
        ("ش" * 71, 2),
        ("ش" * 134, 2),
        ("ش" * 135, 3),
        ("👍" * 35, 1),
        ("👍" * 36, 2),
        ("ش" * 66 + "👍" + "ش" * 66, 3),
        ("ç" + "a" * 70, 2),
        ("Ç" + "a" * 159, 1),
    ],
)
def test_segments_are_counted_as_the_networks_do(text: str, count: int) -> None:
    assert segments(text) == count


@given(TEXTS, TEXTS)
def test_a_longer_text_never_has_fewer_segments(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)


@given(st.text(st.sampled_from("شم👍ç"), min_size=71, max_size=400))
def test_segments_hold_every_unit_and_waste_at_most_a_torn_pair(text: str) -> None:
    assert utf16(text) / 67 <= segments(text) <= utf16(text) / 66 + 1


@given(st.text(max_size=200))
def test_units_are_those_of_utf16(text: str) -> None:
    assert utf16(text) == len(text.encode("utf-16-le")) // 2


# Splitting


@given(TEXTS, st.integers(min_value=20, max_value=60))
def test_the_parts_give_the_text_back(text: str, longest: int) -> None:
    graphemes = regex.findall(r"\X", text)
    assume(all(len(grapheme) <= longest for grapheme in graphemes))
    parts = split(text, lambda part: len(part) <= longest)
    assert all(0 < len(part) <= longest for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(["👩‍👩‍👧", "नि", "e\u0301", "🇫🇷", "👍🏽", "a"]), max_size=60))
def test_no_grapheme_is_cut(graphemes: list[str]) -> None:
    whole = regex.findall(r"\X", "".join(graphemes))
    parts = split("".join(graphemes), lambda part: len(part) <= 12)
    assert [grapheme for part in parts for grapheme in regex.findall(r"\X", part)] == whole


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One thing.\n\nTwo.", ["One thing.", "Two."]),
        ("One thing\nTwo. a", ["One thing", "Two. a"]),
        ("One thing. Two", ["One thing.", "Two"]),
        ("One thing two", ["One thing", "two"]),
        ("Onethingtwothree", ["Onethingtwot", "hree"]),
        ("a\u0301" * 4 + "e" + "\u0301" * 13, ["a\u0301" * 4, "e" + "\u0301" * 11, "\u0301" * 2]),
        ("", []),
    ],
)
def test_a_text_is_cut_at_the_best_end(text: str, parts: list[str]) -> None:
    assert split(text, lambda part: len(part) <= 12) == parts


# Plain


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("It’s “here” – now…", 'It\'s "here" - now...'),
        ("Merci 🙂 à tous 👩‍👩‍👧", "Merci à tous"),
        ("« Oui »\u202f!", '"Oui" !'),
        ("Press 1\ufe0f\u20e3 now", "Press 1 now"),
        ("e\u0301te\u0301", "été"),
        ("Ça suffit… ç’est 🙂", "Ça suffit… ç’est 🙂"),
        ("Ça\u00a0: l’être\u202f?", "Ça : l’être ?"),
        ("مرحبا… 🙂", "مرحبا… 🙂"),
        ("a\u2068b\u2069", "ab"),
        ("👍", "👍"),
        ("one\r\ntwo", "one\ntwo"),
    ],
)
def test_plainer_signs_are_used_only_where_they_save(text: str, sent: str) -> None:
    assert plain(text) == sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (
            "Être reçu à l’hôpital, cœur léger, où qu’on aille, " * 2,
            "Etre recu à l'hopital, coeur léger, où qu'on aille, " * 2,
        ),
        ("Está «aquí» mañana, ¿sí? " * 3, 'Esta "aqui" mañana, ¿si? ' * 3),
        ("Não há informação 🙂 " * 4, ("Nao ha informacao " * 4).strip()),
        ("Ça, c’est reçu", "Ça, c’est reçu"),
        ("Été à Noël" * 20 + "ش", "Été à Noël" * 20 + "ش"),
        ("Ê" * 160, "E" * 160),
        ("Œ" * 70, "Œ" * 70),
    ],
)
def test_accents_are_left_out_where_that_saves_a_segment(text: str, sent: str) -> None:
    assert plain(text, without_accents=True) == sent
    assert plain(text) != sent or text == sent


@given(TEXTS)
def test_leaving_accents_out_never_costs_more(text: str) -> None:
    assert segments(plain(text, without_accents=True)) <= segments(plain(text))


@given(TEXTS)
def test_plain_text_never_costs_more(text: str) -> None:
    assert segments(plain(text)) <= segments(text) + text.count("…")


# Right to left


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("IOM office 5", "en", "IOM office 5"),
        ("مرحبا", "ar", "مرحبا"),
        ("زر https://x.example/a?b=1 الآن", "ar", "زر \u2068https://x.example/a?b=1\u2069 الآن"),
        ("مرحبا\nhttps://x.example", "ar", "مرحبا\nhttps://x.example"),
        ("International Office قال", "fa", "\u200f\u2068International Office\u2069 قال"),
        ("السؤال\n1. نعم\n2. لا", "ar-EG", "السؤال\n1. نعم\n2. لا"),
        ("رقم +33 1 99 00 12 34.", "ur", "رقم \u2068+33 1 99 00 12 34\u2069."),
        ("قال \u2068IOM\u2069", "ar", "قال \u2068IOM\u2069"),
        (
            "Language? Langue ? ¿Idioma? اللغة؟",
            "ar",
            "\u200f\u2068Language? Langue ?\u2069 \u2068¿Idioma?\u2069 اللغة؟",
        ),
        ("سؤال: Where to begin? أرسلوا", "ar", "سؤال: \u2068Where to begin?\u2069 أرسلوا"),
        ("Langue\u202f? اللغة؟", "ar", "\u200f\u2068Langue\u202f?\u2069 اللغة؟"),
        ("هنا: https://x.example/a?b=1", "ar", "هنا: \u2068https://x.example/a?b=1\u2069"),
        ("هل تعرفون IOM? نعم", "ar", "هل تعرفون \u2068IOM\u2069? نعم"),
        ("هل تعرفون IOM؟", "ar", "هل تعرفون \u2068IOM\u2069؟"),
        ("English\nثم", "ar", "\u200fEnglish\nثم"),
        ("", "ar", ""),
    ],
)
def test_latin_words_stay_in_order_in_a_right_to_left_text(text: str, language: str, shown: str) -> None:
    assert readable(text, language) == shown


# Small things


@given(st.from_regex(r"[a-zA-Z0-9]{0,12}", fullmatch=True), st.from_regex(r"[a-z0-9_.-]{1,40}", fullmatch=True))
def test_what_is_packed_is_unpacked(token: str, value: str) -> None:
    assert unpack(pack(token, value)) == (token, value)
    assert len(pack(token, value).encode()) <= 64


@pytest.mark.parametrize(("token", "value"), [("t" * 13, "v"), ("t", ""), ("t", "V"), ("t|", "v"), ("ق", "v")])
def test_what_does_not_fit_a_button_is_our_mistake(token: str, value: str) -> None:
    with pytest.raises(ValueError, match="token"):
        pack(token, value)


@given(st.text(st.characters(), max_size=50))
def test_a_clean_text_can_be_kept(text: str) -> None:
    assert "\0" not in clean(text)
    clean(text).encode()


def test_a_torn_emoji_becomes_one_sign() -> None:
    assert clean("a\ud83d") == "a\ufffd"
    assert clean("\ud83d\ude42") == "🙂"
