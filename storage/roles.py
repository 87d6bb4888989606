"""What a member of staff may be in a process, or in all of them."""

from enum import StrEnum


class Role(StrEnum):
    """What a grant lets its holder do; whatever no role of theirs lets them do they may not."""

    OWNER = "owner"
    """Sets a process up, and says who may do what in it; reads nothing that people gave."""
    ORGANIZER = "organizer"
    """Writes, sends, responds, and sees what is counted."""
    MODERATOR = "moderator"
    """Reads what people gave in the languages of the grant, under pseudonyms, and gathers it."""
    TRANSLATOR = "translator"
    """Puts texts into the languages of the grant, and sees those alone."""
    CLERK = "clerk"
    """Keeps the council's seats and rounds; never sees a vote."""
    CONTACT_POINT = "contact_point"
    """Reads the sealed reports, and nothing else."""
    AUDITOR = "auditor"
    """Reads the journal and what is counted, and changes nothing."""
