"""Every voting rule can be chosen by an organizer who has never heard of it."""

import pytest

import council
from console import round_rules
from council import Terms
from handlers.writing import contents
from locales import languages, speaking

OF_SUMS = {"budget", "costs"}
"""They stand beside the sum and the options: test_rounds.py writes into them."""

every_rule = pytest.mark.parametrize("rule", council.every_rule().values(), ids=council.every_rule())


@every_rule
def test_a_rule_is_named_and_explained_with_its_ballot_in_every_language(rule: council.Rule) -> None:
    english = round_rules.rules()[rule.name]
    assert english.name != rule.name
    for language in languages():
        with speaking(language):
            shown = round_rules.rules()[rule.name]
        assert all((shown.name, shown.counts, shown.ballot))
        assert language == "en" or shown.counts != english.counts
        assert language == "en" or shown.ballot != english.ballot


@every_rule
def test_what_a_rule_reads_has_a_field_and_no_other_rule_takes_it(rule: council.Rule) -> None:
    for field in round_rules.SETTINGS:
        if field in rule.settles:
            assert round_rules.number(field, "12", rule.name) == 12
        else:
            with pytest.raises(contents.Unfit, match="has no use"):
                round_rules.number(field, "12", rule.name)
        assert round_rules.number(field, "", rule.name) == 0


def test_a_field_stands_there_for_everything_that_can_be_settled() -> None:
    settled = {field for rule in council.every_rule().values() for field in rule.settles}
    assert set(round_rules.SETTINGS) | OF_SUMS == settled
    assert settled <= set(Terms.__dataclass_fields__)
    assert all(setting.rules for setting in round_rules.settings())


@pytest.mark.parametrize("typed", ["-1", "a few", "1.5", "1" * 20, "½"])
def test_what_is_no_number_is_refused_by_the_name_of_its_field(typed: str) -> None:
    with pytest.raises(contents.Unfit, match="How many are chosen: write a whole number"):
        round_rules.number("elects", typed, "phragmen")


def test_every_rule_is_offered() -> None:
    assert set(round_rules.RULES) == set(council.every_rule())
