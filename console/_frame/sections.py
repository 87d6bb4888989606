"""The sections of a process's pages, in the order in which every page names them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from locales import N_
from storage.roles import Role
from storage.staff import Grant

ANY = frozenset(Role) - {Role.CONTACT_POINT}


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its page's address below the process's, its title, and whose it is."""

    path: str
    title: str
    roles: Collection[Role]


SECTIONS = (
    Section("", N_("Today"), ANY),
    Section("/tell", N_("Tell"), (Role.ORGANIZER,)),
    Section("/ask", N_("Ask"), (Role.ORGANIZER, Role.MODERATOR)),
    Section("/inbox", N_("Inbox"), (Role.ORGANIZER, Role.MODERATOR)),
    Section("/matters", N_("Matters"), (Role.ORGANIZER, Role.MODERATOR)),
    Section("/statements", N_("Statements"), (Role.ORGANIZER, Role.MODERATOR)),
    Section("/rounds", N_("Rounds"), (Role.ORGANIZER, Role.CLERK, Role.MODERATOR, Role.AUDITOR)),
    Section("/councils", N_("Councils"), (Role.ORGANIZER,)),
    Section("/draws", N_("Draws by lot"), (Role.ORGANIZER, Role.AUDITOR)),
    Section("/words", N_("Words"), (Role.ORGANIZER, Role.TRANSLATOR)),
    Section("/exports", N_("Exports"), (Role.ORGANIZER, Role.AUDITOR)),
    Section("/settings", N_("Settings"), (Role.OWNER, Role.ORGANIZER)),
    Section("/journal", N_("Journal"), (Role.OWNER, Role.AUDITOR)),
)


def of(grants: Collection[Grant]) -> Sequence[Section]:
    """Those that somebody with these grants may open."""
    roles = {grant.role for grant in grants}
    return [section for section in SECTIONS if roles & set(section.roles)]
