"""The states of what a process tells, asks and answers; DECISIONS.md says which one follows which."""

from enum import StrEnum


class ProcessState(StrEnum):
    """Whether a process goes on."""

    OPEN = "open"
    """It tells, asks and responds."""
    CLOSED = "closed"
    """It is over: nothing but replies leaves for it, and people still read what they gave."""
    ARCHIVED = "archived"
    """It is over, and no longer listed."""


class State(StrEnum):
    """What has become of a delivery so far."""

    QUEUED = "queued"
    """It waits until it is due and a worker claims it."""
    SENDING = "sending"
    """A worker has claimed it: it may be leaving at this moment."""
    SENT = "sent"
    """The platform took it, and has not yet said more."""
    DELIVERED = "delivered"
    """It arrived: the platform says so, or its person has answered it."""
    FAILED = "failed"
    """The platform does not take it, or could not deliver it."""
    EXPIRED = "expired"
    """It came too late to be of use, so it did not leave or did not arrive."""
    CANCELLED = "cancelled"
    """It never leaves: its person or an organizer wants no more of it, or its address is lost."""
    UNKNOWN = "unknown"
    """It may have arrived, and nobody has said whether it did."""


class BroadcastState(StrEnum):
    """Whether what a broadcast still has to send may leave."""

    RUNNING = "running"
    """Its deliveries are made, and each leaves when it is due."""
    PAUSING = "pausing"
    """Nothing of it leaves; a worker is taking what it has waiting out of the line."""
    PAUSED = "paused"
    """Nothing of it leaves, and nothing of it is in anybody's way."""
    RESUMING = "resuming"
    """It leaves again; a worker is putting what it has waiting back into the line."""
    CANCELLING = "cancelling"
    """Nothing of it leaves any more; a worker is cancelling what it has waiting."""
    CANCELLED = "cancelled"
    """Nothing of it leaves any more, and nothing of it waits."""


class ResponseState(StrEnum):
    """What has been done with what a person gave. The next response may say any of them."""

    RECEIVED = "received"
    """It has arrived; nobody has responded to it yet."""
    READ = "read"
    """Somebody of the process has read it."""
    CONSIDERED = "considered"
    """Those who decide are considering it."""
    TAKEN_UP = "taken_up"
    """The process has taken it up."""
    TAKEN_UP_IN_PART = "taken_up_in_part"
    """The process has taken up a part of it."""
    NOT_TAKEN_UP = "not_taken_up"
    """The process has decided not to take it up."""


class ResultState(StrEnum):
    """What came later of what a response said."""

    IN_DRAFT = "in_draft"
    """It stands in a draft of those who decide."""
    ADOPTED = "adopted"
    """Those who decide have adopted it."""
    DONE = "done"
    """It is done."""
    DROPPED = "dropped"
    """It will not be done after all."""


class Roll(StrEnum):
    """Who may vote in a round: who is one of these when it opens, and nobody who comes later."""

    COUNCIL = "council"
    """Whoever sits on the council."""
    GAVE = "gave"
    """Whoever takes part and gave the process anything, or answered it."""
    EVERYBODY = "everybody"
    """Whoever takes part."""


class RemarkKind(StrEnum):
    """What somebody on a roll wrote of what they vote on."""

    QUESTION = "question"
    """They ask the organizers, who answer everybody."""
    REASON = "reason"
    """They say why they vote as they do."""


class Helped(StrEnum):
    """Whether a response answers somebody whom it was told."""

    YES = "yes"
    """It does."""
    PARTLY = "partly"
    """It answers a part."""
    NO = "no"
    """It does not."""


class Counted(StrEnum):
    """Who is counted where everybody can read how many they are."""

    HEARD = "heard"
    """Who gave the process anything."""
    TOLD = "told"
    """Of these, who was certainly told what was done with something of it."""
    BEHIND = "behind"
    """Who said what a matter is about, or supports it."""
    RATED = "rated"
    """Who said whether a response answers them."""
    HELPED = "helped"
    """Of these, whom it does answer."""
    HELPED_PARTLY = "helped_partly"
    """Whom it answers in part."""
    NOT_HELPED = "not_helped"
    """Whom it does not answer."""


class RenditionState(StrEnum):
    """How far the text of an item in one language is."""

    EMPTY = "empty"
    """There is none yet, or none any more."""
    NEEDS_EDITING = "needs_editing"
    """Somebody has begun it, or a machine has made it: it never leaves as it is."""
    TRANSLATED = "translated"
    """Its translator says that it is whole; nobody else has read it."""
    APPROVED = "approved"
    """Somebody else has read it, and it says what the source says."""


class TextState(StrEnum):
    """How far a text is that is written together."""

    DRAFT = "draft"
    """Only staff read it."""
    PUBLISHED = "published"
    """People read it, comment on it, propose other words and support them."""
    CLOSED = "closed"
    """People read it; nothing more is proposed."""


class SendingKind(StrEnum):
    """What it is that leaves once two have agreed to it."""

    ITEM = "item"
    """A bulletin, to its audience."""
    RESPONSE = "response"
    """A response, to everybody whose matters it answers."""
    RESULT = "result"
    """What followed a response, to the same people."""
    ROUND = "round"
    """A vote: it opens, and whoever may vote is invited."""
    DECISION = "decision"
    """What was decided on an amendment, to who proposed it and who support it; the part's next edition with it."""
    ROLL = "roll"
    """A correction of a roll: who sits on these seats may vote, too, and is invited."""
    CALL = "call"
    """A call for members of a council: it opens, and everybody is told."""


class SendingState(StrEnum):
    """How far something is on its way out."""

    REQUESTED = "requested"
    """Somebody wants it to leave; it waits for a second person to approve it."""
    HELD = "held"
    """It is approved, and leaves when its hold ends, unless somebody calls it back."""
    WITH_COUNCIL = "with_council"
    """Its hold has ended, and it waits for the vote of a council, which may approve it or not."""
    LEFT = "left"
    """It has become a broadcast, or a schedule: the other ways to stop it are theirs."""
    CALLED_BACK = "called_back"
    """Somebody called it back before it left: it never leaves."""
    REFUSED = "refused"
    """The council did not approve it: it never leaves."""
    VOID = "void"
    """What would leave has changed since it was requested, or could not leave any more: it never does."""


class RecordingState(StrEnum):
    """How far a voice note is on its way from its platform to us."""

    TO_FETCH = "to_fetch"
    """The platform has it; a worker fetches it when it is due."""
    KEPT = "kept"
    """It is here. While something is still due, the platform is to delete what it has."""
    REFUSED = "refused"
    """It is none that we take: too large, too long, or no sound. What the platform has of it stays there."""
    GONE = "gone"
    """The platform has it no more, or has not given it for a month."""
    ERASED = "erased"
    """It was here, and its words were written down a week ago: the voice is of no more use."""


class ExportKind(StrEnum):
    """What leaves as a file."""

    CONTRIBUTIONS = "contributions"
    """What people gave us, a row each."""
    MATTERS = "matters"
    """What that was gathered into, a row each, with what became of it."""
    PAPER = "paper"
    """What a process hands up: what people said, what was answered, who was heard and who was not."""


class ExportFormat(StrEnum):
    """As what file it leaves."""

    XLSX = "xlsx"
    """A workbook, of tables."""
    CSV = "csv"
    """Plain tables, in a ZIP."""
    DOCX = "docx"
    """A text document, of a paper."""


class ExportState(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    """No worker has begun it, or it is to be made anew: somebody whose words were in it has been forgotten."""
    MAKING = "making"
    """A worker is making it."""
    READY = "ready"
    """It can be fetched, once."""
    FETCHED = "fetched"
    """It was fetched, and is here no more."""
    EXPIRED = "expired"
    """Nobody fetched it in time, and it is here no more."""
    FAILED = "failed"
    """It could not be made, however often a worker tried."""


class SeatKind(StrEnum):
    """How who sits there comes to a seat."""

    DRAWN = "drawn"
    """They are drawn by lot from those who put themselves forward."""
    ORGANIZATION = "organization"
    """An organization names them, and it is shown which."""
    INVITATION = "invitation"
    """The organizers invite them."""


class Power(StrEnum):
    """What a council decides by itself, beside the staff."""

    BULLETINS = "bulletins"
    """It approves bulletins before they leave."""
    QUESTIONS = "questions"
    """It sets the questions of consultations."""


class TermEnd(StrEnum):
    """How somebody came to sit on a seat no more."""

    OVER = "over"
    """Their term was over."""
    RESIGNED = "resigned"
    """They gave it up."""
    REMOVED = "removed"
    """The organizers ended it."""
    LEFT = "left"
    """They left the process."""
    DISSOLVED = "dissolved"
    """The council was dissolved, or the seat abolished."""


class CandidateState(StrEnum):
    """How far somebody is who put themselves forward."""

    STANDING = "standing"
    """They wait for the draw."""
    OFFERED = "offered"
    """They are drawn, or follow as a substitute, and have not said yet whether they take the seat."""
    SUBSTITUTE = "substitute"
    """They follow when a seat falls vacant."""
    SEATED = "seated"
    """They took the seat."""
    NOT_DRAWN = "not_drawn"
    """They were not drawn."""
    DECLINED = "declined"
    """They did not want the seat that they were offered."""
    LATE = "late"
    """They did not answer in time."""


class Opinion(StrEnum):
    """What somebody says of a statement. The values are those of a choice: "yes" is heard in every language."""

    AGREES = "yes"
    """They agree."""
    DISAGREES = "no"
    """They do not."""
    PASSES = "pass"
    """They would rather not say, or cannot."""


class ProposalState(StrEnum):
    """What became of a statement that somebody proposed."""

    WAITING = "waiting"
    """Nobody of the staff has decided yet."""
    ACCEPTED = "accepted"
    """It is shown to everybody, or a statement that says the same is."""
    REFUSED = "refused"
    """It is not shown to anybody; its person was told why."""


class DrawState(StrEnum):
    """How far a draw by lot is."""

    ANNOUNCED = "announced"
    """Who can be drawn is fixed, and everybody can know by which public value; nobody knows that value yet."""
    READY = "ready"
    """The public value is entered; no worker has begun to draw."""
    DRAWING = "drawing"
    """A worker draws."""
    DRAWN = "drawn"
    """People are drawn; a second member of staff has to confirm it before any seat is theirs."""
    FAILED = "failed"
    """Nobody could be drawn, and it is said why."""
    CONFIRMED = "confirmed"
    """The seats were offered to those who were drawn."""
