"""What each error code of Twilio's means for a message and for the person's address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from channels.messages import Gone, Later, Never, NotSent, Reach, Stopped


class Act(StrEnum):
    """What to do when Twilio refuses a message with the code."""

    WAIT = "try again after a while"
    DROP = "this message will never be taken"
    LOSE = "nothing reaches this address until its reach changes"
    STOP = "the sender is out of order: stop it and page someone"


@dataclass(frozen=True, slots=True)
class Meaning:
    act: Act
    says: str
    reach: Reach | None = None
    after: timedelta = timedelta(0)


def _wait(says: str, **after: float) -> Meaning:
    return Meaning(Act.WAIT, says, after=timedelta(**after))


def _drop(says: str) -> Meaning:
    return Meaning(Act.DROP, says)


def _lose(says: str, reach: Reach) -> Meaning:
    return Meaning(Act.LOSE, says, reach)


def _stop(says: str) -> Meaning:
    return Meaning(Act.STOP, says)


CODES: Mapping[int, Meaning] = {
    # The account.
    10001: _stop("the account is not active"),
    20003: _stop("the account or its token is wrong"),
    20005: _stop("the account is not active"),
    20006: _stop("access denied"),
    20008: _stop("test credentials cannot do this"),
    20403: _stop("forbidden for this account"),
    20429: _wait("too many requests at once", seconds=2),
    90010: _stop("the account is not active"),
    # A request that we made wrongly.
    20001: _drop("unknown parameters"),
    20404: _drop("no such address at Twilio"),
    20422: _drop("invalid parameter"),
    21602: _drop("message body is missing"),
    21603: _drop("From is missing"),
    21604: _drop("To is missing"),
    21605: _drop("message too long"),
    21609: _drop("PUBLIC_URL does not make a valid status callback"),
    21617: _drop("message longer than 1600"),
    21618: _drop("the body cannot be sent"),
    21619: _drop("no body and no media"),
    21620: _drop("media address invalid"),
    21623: _drop("media too large"),
    21624: _drop("validity period invalid"),
    21626: _drop("max price invalid"),
    21654: _drop("no such content template: run the setup again"),
    21655: _drop("content template id invalid: run the setup again"),
    21656: _drop("content variables invalid"),
    92007: _drop("content variables hold a line break"),
    # The person's address.
    21211: _lose("To is not a number", Reach.INVALID),
    21214: _drop("To cannot be reached from this number"),
    21217: _lose("To does not look like a number", Reach.INVALID),
    21401: _lose("To is not a number", Reach.INVALID),
    21408: _drop("this country is not enabled for the account"),
    21421: _lose("To is not a number", Reach.INVALID),
    21608: _drop("a trial account writes to verified numbers only"),
    21610: _lose("the person sent STOP", Reach.OPTED_OUT),
    21612: _drop("no route from this sender to To"),
    21614: _lose("To is not a mobile number", Reach.INVALID),
    # Our sender.
    21212: _stop("From is not a number"),
    21606: _stop("From cannot send messages"),
    21607: _stop("From cannot send messages"),
    21611: _wait("more than ten hours of messages wait at this number", minutes=10),
    21659: _stop("From is not a number of this account"),
    21660: _stop("From belongs to another account"),
    21701: _stop("the messaging service does not exist"),
    21702: _stop("the messaging service has no name"),
    21703: _stop("the messaging service has no number"),
    21704: _stop("the messaging service has no usable number"),
    21705: _stop("the messaging service is invalid"),
    21709: _stop("the sender name is not usable"),
    21712: _stop("the number is in another messaging service"),
    21713: _stop("the messaging service cannot take this sender"),
    21714: _stop("the messaging service cannot take this sender"),
    21715: _stop("the messaging service cannot take this sender"),
    # Said after it was accepted, by a status callback.
    30001: _wait("the queue was full", minutes=10),
    30002: _stop("the account is suspended"),
    30003: _drop("the phone is off or out of reach"),
    30004: _lose("the person or the carrier blocks us", Reach.BLOCKED),
    30005: _lose("the number does not exist any more", Reach.INVALID),
    30006: _lose("a landline", Reach.INVALID),
    30007: _drop("the carrier's filter took it: look at the words and the registration"),
    30008: _drop("unknown error at the carrier"),
    30010: _stop("the price is above the maximum"),
    30017: _wait("the carrier's network is congested", minutes=30),
    30018: _stop("the sender name is not registered in this country"),
    30022: _wait("faster than the US registration permits", minutes=1),
    30023: _wait("the day's limit of the US registration is reached", days=1),
    30024: _stop("the sender is not provisioned at the carrier"),
    30027: _wait("the day's limit of the carrier is reached", days=1),
    30032: _stop("the toll-free number is not verified"),
    30034: _stop("the number is not registered for the US"),
    30036: _drop("it waited longer than it was useful"),
    30410: _wait("the carrier did not answer", minutes=30),
    # WhatsApp.
    63001: _stop("the WhatsApp sender cannot sign in"),
    63002: _stop("the WhatsApp sender is not configured"),
    63003: _lose("not on WhatsApp", Reach.NOT_ON_CHANNEL),
    63005: _drop("WhatsApp refused the content"),
    63006: _drop("WhatsApp cannot show the content"),
    63007: _stop("WHATSAPP_FROM is not a WhatsApp sender of this account"),
    63008: _stop("the WhatsApp sender is misconfigured"),
    63009: _wait("WhatsApp had an error", minutes=1),
    63010: _wait("Twilio had an error towards WhatsApp", minutes=1),
    63011: _wait("WhatsApp refused the request", minutes=1),
    63012: _wait("WhatsApp is not available", minutes=1),
    63013: _drop("against WhatsApp's policy: look at the words"),
    63014: _lose("the person blocked us on WhatsApp", Reach.BLOCKED),
    63015: _drop("the sandbox: this person has not joined it"),
    63016: _drop("more than a day since the person last wrote, and no approved template"),
    63017: _wait("too many at once", seconds=5),
    63018: _wait("too many at once", seconds=5),
    63020: _stop("the WhatsApp business account has not accepted Twilio's invitation"),
    63021: _drop("WhatsApp refused the content"),
    63022: _stop("the WhatsApp number's certificate is invalid"),
    63023: _wait("WhatsApp had an error", minutes=1),
    63024: _lose("not on WhatsApp, or its app is too old", Reach.NOT_ON_CHANNEL),
    63026: _drop("WhatsApp took it for spam"),
    63027: _drop("the template does not exist in this language"),
    63028: _drop("the template has another number of variables"),
    63029: _drop("the template is not valid"),
    63030: _drop("WhatsApp refused the content"),
    63031: _drop("From and To are the same"),
    63032: _drop("WhatsApp does not deliver to this person now"),
    63033: _lose("the person blocked us on WhatsApp", Reach.BLOCKED),
    63036: _drop("WhatsApp refused the content"),
    63037: _drop("WhatsApp refused the content"),
    63038: _wait("the account's messages of this day are used up", days=1),
    63040: _drop("the template is paused or rejected"),
    63041: _drop("the template is paused"),
    63049: _drop("Meta chose not to deliver it"),
}
"""Only what says something we act on; an unknown code drops the message and is counted."""


def problem(code: int, status: int) -> NotSent:
    """What a refusal by the API means. `status` is the HTTP status, for codes that are not in the table."""
    meaning = CODES.get(code)
    if meaning is None:
        return Stopped(str(code)) if status == 401 else Never(str(code))
    if meaning.act is Act.STOP:
        return Stopped(str(code))
    if meaning.act is Act.WAIT:
        return Later(str(code), meaning.after, everyone=True)
    if meaning.reach:
        return Gone(str(code), meaning.reach)
    return Never(str(code))


def reach_after(code: int) -> Reach | None:
    """What the error of a status callback says about the address from now on."""
    meaning = CODES.get(code)
    return meaning.reach if meaning else None


def says_stopped(code: int) -> bool:
    """Whether the error of a status callback says that our sender is out of order."""
    meaning = CODES.get(code)
    return meaning is not None and meaning.act is Act.STOP
