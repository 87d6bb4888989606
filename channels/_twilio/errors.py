"""What each error of Twilio's means for a message, for the person's address and for our sender."""

from collections.abc import Mapping
from datetime import timedelta

from channels.messages import Gone, Later, Never, NotSent, Shut, Stopped, Unknown
from channels.verdicts import BLOCKED_BY_MANY, DROPPED, FILTERED_OFTEN, UNCOUNTED, WIRE, Act, Alarm, Reach, Verdict

ONCE_MORE, SOME_MORE, OFTEN = 2, 4, 6
"""Tries in all: one more, three more, and as often as what passes by itself deserves."""
SECONDS, MINUTE, TEN_MINUTES = timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10)
HALF_AN_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
UNSEEN = "not in the dictionary of Twilio's that we saw"


def _wait(says: str, after: timedelta, tries: int = OFTEN, everyone: bool = False, elsewhere: bool = False) -> Verdict:
    return Verdict(Act.WAIT, says, after=after, tries=tries, everyone=everyone, elsewhere=elsewhere)


def _drop(says: str, alarm: Alarm = Alarm.COUNT, elsewhere: bool = False) -> Verdict:
    return Verdict(Act.DROP, says, elsewhere=elsewhere, alarm=alarm)


def _fault(says: str) -> Verdict:
    return _drop(says, Alarm.FAULT)


def _content(says: str) -> Verdict:
    return _drop(says, Alarm.CONTENT)


def _form(says: str) -> Verdict:
    return Verdict(Act.DROP, says, plainly=True, alarm=Alarm.CONTENT)


def _template(says: str) -> Verdict:
    return Verdict(Act.TEMPLATE, says, alarm=Alarm.CONTENT)


def _lose(says: str, reach: Reach, lasts: timedelta | None = None, alarm: Alarm = Alarm.COUNT) -> Verdict:
    return Verdict(Act.DROP, says, reach=reach, lasts=lasts, elsewhere=True, alarm=alarm)


def _block(says: str, reach: Reach = Reach.BLOCKED, elsewhere: bool = False) -> Verdict:
    """People who do not want it: when many, somebody has to think about what we send."""
    return Verdict(Act.DROP, says, reach=reach, elsewhere=elsewhere, most=BLOCKED_BY_MANY)


def _silent(says: str, tries: int) -> Verdict:
    """A phone that does not answer: tried again, and the third time within a week left alone for a week."""
    return Verdict(Act.WAIT, says, HALF_AN_HOUR, tries, reach=Reach.UNREACHABLE, strikes=3, lasts=WEEK, elsewhere=True)


def _stop(says: str, alarm: Alarm = Alarm.SETTING) -> Verdict:
    return Verdict(Act.STOP, says, alarm=alarm)


def _account(says: str) -> Verdict:
    return _stop(says, Alarm.PAGE)


def _unknown(says: str) -> Verdict:
    return Verdict(Act.UNKNOWN, says)


# Meta's own codes never come through Twilio, which has its own for each.
VERDICTS: Mapping[str, Verdict] = {
    # Between Twilio and us.
    **WIRE,
    "500": _unknown("Twilio failed after it had the message"),
    "502": _unknown("Twilio failed after it had the message"),
    "503": _unknown("Twilio was not available after it had the message"),
    "504": _unknown("Twilio did not finish in time after it had the message"),
    "20500": _unknown("Twilio failed after it had the message"),
    "20503": _unknown("Twilio was not available after it had the message"),
    "429": _wait("more requests at once than Twilio takes", timedelta(seconds=2), UNCOUNTED, everyone=True),
    "20429": _wait("more requests at once than Twilio takes", timedelta(seconds=2), UNCOUNTED, everyone=True),
    # Before anything is asked of Twilio.
    "empty": _content("nothing to send"),
    "not_asked": Verdict(
        Act.WAIT,
        "which texts are approved is not known yet",
        after=SECONDS,
        tries=UNCOUNTED,
        alarm=Alarm.NONE,
    ),
    "shut": Verdict(Act.SHUT, "the person wrote more than a day ago, and no approved template says this"),
    # The account.
    "401": _account("TWILIO_ACCOUNT or TWILIO_TOKEN is wrong"),
    "10001": _account("the account is not active"),
    "20003": _account("TWILIO_ACCOUNT or TWILIO_TOKEN is wrong, or the account is suspended"),
    "20005": _account("the account is not active"),
    "20006": _account("the account may not do this"),
    "20008": _account("test credentials cannot do this"),
    "20403": _account("forbidden for this account"),
    "30002": _account("the account was suspended"),
    "90010": _account("the account is not active"),
    # A request that we made wrongly.
    "20001": _fault("a parameter that Twilio does not know"),
    "20404": _fault("no such address at Twilio"),
    "20422": _fault("a parameter that is not valid"),
    "21602": _fault("without text"),
    "21603": _fault("without From"),
    "21604": _fault("without To"),
    "21605": _fault("the text is too long"),
    "21609": _fault("PUBLIC_URL makes no valid address for status callbacks"),
    "21618": _fault("the text cannot be sent"),
    "21619": _fault("neither text nor media"),
    "21624": _fault("the validity period is not valid"),
    "21626": _fault("the highest price is not valid"),
    "63031": _fault("From and To are the same"),
    # The text and what goes with it.
    "21617": _content("longer than 1600 characters"),
    "21620": _content("the address of the media is not valid"),
    "21623": _content("the media is too large"),
    "21654": _template("no such content template: run `hearback connect` again"),
    "21655": _template("the content template's id is not valid: run `hearback connect` again"),
    "21656": _form("the variables of the content template are not valid"),
    "92007": _form("a variable of the content template holds a line break"),
    # The person's address.
    "21211": _lose("not a phone number", Reach.INVALID),
    "21217": _lose("not a phone number", Reach.INVALID),
    "21401": _lose("not a phone number", Reach.INVALID),
    "21421": _lose("not a phone number", Reach.INVALID),
    "21614": _lose("not a mobile number", Reach.INVALID),
    "21214": _lose("our number cannot reach theirs", Reach.UNREACHABLE, MONTH, alarm=Alarm.SETTING),
    "21612": _lose("no route from our sender to them", Reach.UNREACHABLE, MONTH, alarm=Alarm.SETTING),
    "21408": _drop("their country is not switched on in the account's geo permissions", Alarm.SETTING, elsewhere=True),
    # Never around a STOP.
    "21610": _block("the person sent STOP", Reach.OPTED_OUT),
    # Our sender.
    "21212": _stop("From is not a number"),
    "21606": _stop("From cannot send messages"),
    "21607": _stop("From cannot send messages"),
    "21608": _stop("a trial account writes to verified numbers only"),
    "21611": _wait("more than ten hours of messages wait at our number", TEN_MINUTES, everyone=True),
    "21659": _stop(f"From is not a number of this account ({UNSEEN})"),
    "21660": _stop(f"From belongs to another account ({UNSEEN})"),
    "21709": _stop("the sender's name cannot be used"),
    "63007": _stop("WHATSAPP_FROM is not a WhatsApp sender of this account"),
    "21701": _stop("the messaging service does not exist"),
    "21702": _stop("the messaging service has no name"),
    "21703": _stop("the messaging service has no number"),
    "21704": _stop("the messaging service has no number that can be used"),
    "21705": _stop("the messaging service is not valid"),
    "21712": _stop("the number is in another messaging service"),
    "21713": _stop("the messaging service cannot take this sender"),
    "21714": _stop("the messaging service cannot take this sender"),
    "21715": _stop("the messaging service cannot take this sender"),
    "63015": _drop("the sandbox: this person has not joined it", Alarm.SETTING),
    # What a carrier says of an SMS, by a status callback.
    "30001": _wait("the queue at Twilio was full", TEN_MINUTES, everyone=True),
    "30003": _silent("the phone is off or out of reach", SOME_MORE),
    "30004": _block("the person or their carrier blocks us", elsewhere=True),
    # The first time it may be a number that is just being ported.
    "30005": Verdict(Act.DROP, "no such number", reach=Reach.INVALID, strikes=2, elsewhere=True),
    "30006": _lose("a landline, or a carrier that takes no SMS", Reach.INVALID),
    # Somebody has to be called when it is more than one in a hundred, not for one.
    "30007": Verdict(
        Act.DROP,
        "filtered out by the carrier: when many, look at the words and the registration",
        elsewhere=True,
        most=FILTERED_OFTEN,
    ),
    "30008": _silent("the carrier does not say why", ONCE_MORE),
    "30009": _drop("a piece of what the person wrote was lost: they have to be asked again"),
    "30010": _stop("dearer than the highest price that the account allows"),
    "30011": _fault("media, where the carrier takes none"),
    "30012": _fault("the validity period is too short"),
    "30013": _fault("the validity period is too long"),
    "30014": _fault("a parameter that the carrier does not take"),
    "30015": _fault("a parameter that the carrier does not take"),
    "30016": _fault("a parameter that the carrier does not take"),
    "30019": _fault("larger than the carrier takes"),
    "30017": _wait("the carrier's network is congested", HALF_AN_HOUR, SOME_MORE),
    "30020": _wait("a failure inside Twilio", HALF_AN_HOUR, SOME_MORE),
    "30021": _wait("a failure inside Twilio", HALF_AN_HOUR, SOME_MORE),
    "30410": _wait("the carrier did not answer", HALF_AN_HOUR, SOME_MORE),
    # These two are about one country, so the others are still written to.
    "30018": _drop("our sender's name is not registered in their country", Alarm.SETTING, elsewhere=True),
    "30024": _drop("our sender is not set up at their carrier", Alarm.SETTING, elsewhere=True),
    "30022": _wait("faster than our registration in the United States permits", MINUTE, everyone=True),
    # One carrier's limit: people with another carrier are still written to.
    "30023": _wait("the day's limit of our registration in the United States is reached", DAY, SOME_MORE),
    "30027": _wait("the day's limit of one carrier in the United States is reached", DAY, SOME_MORE),
    "30032": _stop("the toll-free number is not verified"),
    "30034": _stop(f"the number is not registered for the United States ({UNSEEN})"),
    "30036": Verdict(Act.EXPIRE, "it waited longer than it was of use"),
    # What WhatsApp says.
    "63001": _account("the WhatsApp sender cannot sign in"),
    "63002": _account("the WhatsApp sender is not set up"),
    "63008": _account("the WhatsApp sender is set up wrongly"),
    "63020": _account("the WhatsApp business account does not pay, or has not accepted Twilio's invitation"),
    "63022": _account("the WhatsApp number's certificate is not valid"),
    "63003": _lose("not on WhatsApp", Reach.NOT_ON_CHANNEL, MONTH),
    "63024": _lose("not on WhatsApp, or with an app too old, or its terms not accepted", Reach.NOT_ON_CHANNEL, MONTH),
    "63005": _form("WhatsApp refused the content"),
    "63006": _form("WhatsApp cannot show the content"),
    "63021": _form("WhatsApp refused the content"),
    "63030": _form("WhatsApp refused the content"),
    "63036": _form("WhatsApp refused the content"),
    "63037": _form("WhatsApp refused the content"),
    "63009": _wait("WhatsApp had an error", MINUTE, SOME_MORE, elsewhere=True),
    "63010": _wait("Twilio had an error towards WhatsApp", MINUTE, SOME_MORE, elsewhere=True),
    "63011": _wait("WhatsApp refused the request", MINUTE, SOME_MORE, elsewhere=True),
    "63012": _wait("WhatsApp is not available", MINUTE, SOME_MORE, elsewhere=True),
    "63023": _wait("WhatsApp had an error", MINUTE, SOME_MORE, elsewhere=True),
    "63013": Verdict(Act.DROP, "against WhatsApp's policy: look at the words", halts=True, alarm=Alarm.PAGE),
    "63026": Verdict(Act.DROP, "WhatsApp took it for spam: look at the words", halts=True, alarm=Alarm.PAGE),
    "63014": _block("the person blocked us on WhatsApp"),
    "63033": _block("the person blocked us on WhatsApp"),
    "63016": Verdict(Act.SHUT, "the person wrote more than a day ago: only an approved template is taken"),
    "63017": _wait("faster than WhatsApp takes", SECONDS, everyone=True),
    "63018": _wait(
        "faster than WhatsApp takes, or too much to one person, or more new people today than Meta allows us",
        SECONDS,
        everyone=True,
    ),
    "63038": _wait("the account's messages of this day are used up", DAY, SOME_MORE, everyone=True),
    "63019": Verdict(Act.WAIT, "the media could not be read", SECONDS, ONCE_MORE, alarm=Alarm.CONTENT),
    "63034": Verdict(Act.WAIT, "the media could not be read", SECONDS, ONCE_MORE, alarm=Alarm.CONTENT),
    "63027": _template("the template does not exist in this language"),
    "63028": _template("the template has another number of variables"),
    "63029": _template("the template is not valid"),
    "63040": _template("the template was paused or rejected"),
    "63041": _template("the template was paused"),
    "63032": _drop("WhatsApp does not deliver to this person now", elsewhere=True),
    "63049": _wait(
        "Meta chose not to deliver it today; in the United States it never will", DAY, SOME_MORE, elsewhere=True
    ),
}
"""By Twilio's code, or the HTTP status where there is none; what is not here is final, and counted."""


def verdict(code: str) -> Verdict:
    """What a status callback's code means."""
    return VERDICTS.get(code, DROPPED)


def problem(code: str, status: int) -> NotSent:
    """What a refusal by the API means. `status` is the HTTP status, for codes that are not in the table."""
    meaning = VERDICTS.get(code) or VERDICTS.get(str(status), DROPPED)
    match meaning.act:
        case Act.WAIT:
            return Later(code, meaning.after, everyone=meaning.everyone, verdict=meaning)
        case Act.STOP:
            return Stopped(code, meaning)
        case Act.SHUT:
            return Shut(code, meaning)
        case Act.UNKNOWN:
            return Unknown(code, meaning)
    return Gone(code, meaning) if meaning.reach else Never(code, meaning)


def failed(status: int) -> Unknown:
    """The server's own trouble: the message may be on its way."""
    return Unknown(str(status), VERDICTS.get(str(status), VERDICTS["500"]))
