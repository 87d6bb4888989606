"""Any number of bots and numbers of one kind, each by the variables that end in its name."""

from collections.abc import Mapping

import pytest

from channels import Misconfigured, from_settings
from channels.sms import Sms
from channels.telegram import Telegram
from channels.whatsapp import WhatsApp
from tests.channels.conftest import BOT_TOKEN, SECRET, TEMPLATES, environment

NOWHERE = "http://127.0.0.1:1"
PLAIN = environment(NOWHERE)
TOKEN_EMEA, SECRET_EMEA = "4343:a-made-up-token", "another-secret-of-ours"
SMS_EMEA, WHATSAPP_EMEA = "+447700900998", "whatsapp:+447700900998"
EMEA = {
    "TELEGRAM_TOKEN_EMEA": TOKEN_EMEA,
    "TELEGRAM_SECRET_EMEA": SECRET_EMEA,
    "SMS_FROM_EMEA": SMS_EMEA,
    "WHATSAPP_FROM_EMEA": WHATSAPP_EMEA,
}
THEIR_ACCOUNT = {"TWILIO_ACCOUNT_EMEA": "AC" + "e" * 32}


def refusal(environment: Mapping[str, str]) -> str:
    with pytest.raises(Misconfigured) as caught:
        from_settings(environment)
    return str(caught.value)


def without(settings: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name not in names}


def test_a_sender_is_called_as_its_variables_end() -> None:
    assert list(from_settings(PLAIN)) == ["sms", "telegram", "whatsapp"]
    assert {name: sender.kind for name, sender in from_settings(PLAIN | EMEA).items()} == {
        "sms": "sms",
        "sms-emea": "sms",
        "telegram": "telegram",
        "telegram-emea": "telegram",
        "whatsapp": "whatsapp",
        "whatsapp-emea": "whatsapp",
    }


def test_there_need_be_none_that_is_called_as_its_kind_is() -> None:
    alone = without(PLAIN | EMEA, "TELEGRAM_TOKEN", "TELEGRAM_SECRET", "SMS_FROM", "WHATSAPP_FROM")
    assert list(from_settings(alone | {"TELEGRAM_RATE": "7", "SMS_RATE": "8"})) == [
        "sms-emea",
        "telegram-emea",
        "whatsapp-emea",
    ]


def test_what_is_empty_is_not_set() -> None:
    empty = dict.fromkeys(("TELEGRAM_TOKEN_EMEA", "TELEGRAM_RATE_ROMA", "SMS_FROM_EMEA", "TELEGRAM_TOKN_EMEA"), "")
    assert list(from_settings(PLAIN | empty)) == ["sms", "telegram", "whatsapp"]


def test_a_sender_has_its_own_pace_and_limits_or_else_the_shared_ones() -> None:
    rates = {"TELEGRAM_RATE": "7", "TELEGRAM_RATE_EMEA": "9", "SMS_RATE": "2", "SMS_REPLIES_EMEA": "5"}
    made = from_settings(PLAIN | EMEA | rates)
    assert (made["telegram"].pace.rate, made["telegram-emea"].pace.rate) == (7, 9)
    assert (made["sms"].pace.rate, made["sms-emea"].pace.rate) == (2, 2)
    assert (made["sms"].limits.replies, made["sms-emea"].limits.replies) == (40, 5)


def test_what_says_which_it_is_and_its_secret_are_never_anothers() -> None:
    telegram = from_settings(PLAIN | EMEA)["telegram-emea"]
    assert isinstance(telegram, Telegram)
    assert telegram._secret == SECRET_EMEA.encode()
    assert TOKEN_EMEA in telegram._address
    assert "Set TELEGRAM_SECRET_EMEA." in refusal(without(PLAIN | EMEA, "TELEGRAM_SECRET_EMEA"))


def test_a_bot_that_only_polls_says_which_secret_it_lacks() -> None:
    made = from_settings({"TELEGRAM_TOKEN": BOT_TOKEN, "TELEGRAM_TOKEN_EMEA": TOKEN_EMEA})
    assert made["telegram"].webhook_needs == "TELEGRAM_SECRET and PUBLIC_URL"
    assert made["telegram-emea"].webhook_needs == "TELEGRAM_SECRET_EMEA and PUBLIC_URL"


def test_an_account_of_its_own_shares_no_token_and_no_templates() -> None:
    refused = refusal(PLAIN | EMEA | THEIR_ACCOUNT)
    assert refused.splitlines() == ["Set TWILIO_TOKEN_EMEA."] * 1
    made = from_settings(PLAIN | EMEA | THEIR_ACCOUNT | {"TWILIO_TOKEN_EMEA": "theirs", "TWILIO_TOKEN_OLD": "ours"})
    ours, theirs = made["sms"], made["sms-emea"]
    assert isinstance(ours, Sms)
    assert isinstance(theirs, Sms)
    assert theirs._sender.lists.account.tokens == ("theirs",)
    assert ours._sender.lists.account.tokens[-1] == "ours"
    plain, own = made["whatsapp"], made["whatsapp-emea"]
    assert isinstance(plain, WhatsApp)
    assert isinstance(own, WhatsApp)
    assert (plain._menus, own._menus) == (TEMPLATES, {})
    assert (plain._kept_in, own._kept_in) == ("WHATSAPP_TEMPLATES", "WHATSAPP_TEMPLATES_EMEA")


@pytest.mark.parametrize(
    ("settings", "both"),
    [
        ({"TELEGRAM_TOKEN_EMEA": BOT_TOKEN, "TELEGRAM_SECRET_EMEA": SECRET}, "TELEGRAM_TOKEN and TELEGRAM_TOKEN_EMEA"),
        (
            {"TELEGRAM_TOKEN_EMEA": f"{BOT_TOKEN.partition(':')[0]}:renewed", "TELEGRAM_SECRET_EMEA": SECRET},
            "TELEGRAM_TOKEN and TELEGRAM_TOKEN_EMEA",
        ),
        ({"SMS_FROM_EMEA": PLAIN["SMS_FROM"]}, "SMS_FROM and SMS_FROM_EMEA"),
        ({"SMS_FROM_B": SMS_EMEA, "SMS_FROM_A": SMS_EMEA}, "SMS_FROM_A and SMS_FROM_B"),
        ({"WHATSAPP_FROM_EMEA": PLAIN["WHATSAPP_FROM"]}, "WHATSAPP_FROM and WHATSAPP_FROM_EMEA"),
        (
            {"SMS_FROM_A": "MG" + "a" * 32, "SMS_FROM_B": "MG" + "A" * 32},
            "SMS_FROM_A and SMS_FROM_B",
        ),
    ],
)
def test_two_that_are_the_same_are_refused(settings: dict[str, str], both: str) -> None:
    assert refusal(PLAIN | settings) == f"{both} are the same: each would take the other's messages."


@pytest.mark.parametrize(
    ("settings", "begins"),
    [
        ({"TELEGRAM_RATE_EMEA": "5"}, "TELEGRAM_RATE_EMEA is set: set TELEGRAM_TOKEN_EMEA too, or neither."),
        ({"TELEGRAM_SECRET_EMEA": SECRET}, "TELEGRAM_SECRET_EMEA is set: set TELEGRAM_TOKEN_EMEA too, or neither."),
        ({"SMS_REPLIES_EMEA": "5"}, "SMS_REPLIES_EMEA is set: set SMS_FROM_EMEA too, or neither."),
        ({"WHATSAPP_RATE_EMEA": "5"}, "WHATSAPP_RATE_EMEA is set: set WHATSAPP_FROM_EMEA too, or neither."),
        ({"TELEGRAM_TOKN_EMEA": TOKEN_EMEA}, "TELEGRAM_TOKN_EMEA: is this to be TELEGRAM_TOKEN_EMEA?"),
        ({"SMS_FRM_EMEA": SMS_EMEA}, "SMS_FRM_EMEA: is this to be SMS_FROM_EMEA?"),
        ({"TELEGRAM_TOKEN_emea": TOKEN_EMEA}, "TELEGRAM_TOKEN_emea: after TELEGRAM_TOKEN_ has to stand what"),
        ({"TELEGRAM_TOKEN_EM_EA": TOKEN_EMEA}, "TELEGRAM_TOKEN_EM_EA: after TELEGRAM_TOKEN_ has to stand what"),
        ({"SMS_FROM_OLD": SMS_EMEA}, "SMS_FROM_OLD: after SMS_FROM_ has to stand what"),
        (EMEA | {"TELEGRAM_RATE_EMEA": "40"}, "TELEGRAM_RATE_EMEA above 30 needs TELEGRAM_PAID=1"),
        (EMEA | {"TELEGRAM_TOKEN_EMEA": "x"}, "TELEGRAM_TOKEN_EMEA has to be"),
        (EMEA | {"SMS_RATE_EMEA": "fast"}, "SMS_RATE_EMEA has to be"),
        (EMEA | {"WHATSAPP_TEMPLATES_EMEA": "x"}, "WHATSAPP_TEMPLATES_EMEA has to be"),
    ],
)
def test_what_is_wrong_with_one_is_named_and_not_repeated(settings: dict[str, str], begins: str) -> None:
    refused = refusal(PLAIN | settings)
    assert refused.startswith(begins)
    assert not any(value in refused for value in (TOKEN_EMEA, SMS_EMEA, SECRET))


def test_what_is_wrong_with_several_is_said_of_each_at_once() -> None:
    with pytest.raises(Misconfigured) as caught:
        from_settings(PLAIN | EMEA | {"TELEGRAM_RATE_EMEA": "fast", "SMS_RATE_EMEA": "fast", "TELEGRAM_SECRET": ""})
    wrong = {sender: why for sender, why in caught.value.senders.items() if why}
    assert wrong.keys() == {"telegram", "telegram-emea", "sms-emea"}
    assert str(caught.value).splitlines() == [wrong["sms-emea"], wrong["telegram"], wrong["telegram-emea"]]
    assert caught.value.senders["whatsapp-emea"] == ""


def test_other_programs_variables_are_left_alone() -> None:
    foreign = {
        "TELEGRAM_API_ID": "1",
        "TELEGRAM_API_HASH": "x",
        "TELEGRAM_API_PORT_8081_TCP": "x",
        "TELEGRAM_BOT_TOKEN": "x",
        "TELEGRAM_CHAT_ID": "1",
        "TELEGRAM_HTTP_PORT": "1",
        "TWILIO_ACCOUNT_SID": "AC",
        "TWILIO_API_KEY": "SK",
        "TWILIO_AUTH_TOKEN": "x",
        "SMS_GATEWAY": "x",
        "SMS_PRICE": "0.05 EUR",
        "SMS_RATE_LIMIT_PER_HOUR": "5",
        "WHATSAPP_BUSINESS_ID": "x",
    }
    assert list(from_settings(PLAIN | foreign)) == ["sms", "telegram", "whatsapp"]
