"""Conversations, one file each: pure generators."""

from flows._engine.correcting import LONGEST_WORD, Misleads, is_word, misleads, room
from flows._engine.effects import (
    Allowed,
    Answered,
    Consented,
    Declined,
    Effect,
    Forgotten,
    Left,
    Meant,
    Moved,
    PassedOn,
    Recognised,
    Replied,
    Returned,
    Shared,
    Sorted,
    Spoke,
    Switched,
    TakenBack,
    Voted,
    Words,
)
from flows._engine.facts import (
    WEEKDAYS,
    Daytime,
    Facts,
    Kept,
    Lobby,
    MemberCall,
    NotEntered,
    OpenConsultation,
    OpenInquiry,
    OpenRound,
    Option,
    OwnContribution,
    Process,
    Promise,
    PublicMatter,
    Question,
    QuestionKind,
    QuotaFact,
    RatedResponse,
    Region,
    Renditions,
    Safety,
    Scale,
    Surroundings,
    Unreviewed,
    only,
)
from flows._engine.folding import fold
from flows._engine.languages import greeting, written_in
from flows._engine.naming import is_free
from flows._engine.narrowing import ALL, fewer, narrowed
from flows._engine.plain import asks_to_stop, greets, says_something, tells_of_danger
from flows._engine.reading import LONGEST_TOGETHER, Unread, fits_in, read, sorry
from flows._engine.talks import (
    Answer,
    Ask,
    DoesNotFit,
    Flow,
    Played,
    Say,
    Talk,
    Turn,
    Wants,
    advance,
    fits,
    flows,
    play,
)
from flows._engine.words import flow_for, goes_back, linking_code, nearest_flow, to_send
from flows._texts.danger import in_danger
from flows._texts.levels import LEVELS
from flows._texts.objectives import GROUPS, OBJECTIVES, SOMETHING_ELSE, Group, Objective, has_label, topic_label
from flows._texts.over import over
from flows._texts.ratings import RATED, tapped
from flows._texts.renditions import Rendition, rendition, with_notice
from flows._texts.replies import reply
from flows._texts.shorts import go_elsewhere, short_title
from flows._texts.states import RESULTS, STATES
from flows._texts.stuck import THIRD, stuck
from flows._texts.templates import is_approved_elsewhere, templates
from flows._texts.told import Given, Told, gave, told

__all__ = [
    "ALL", "GROUPS", "LEVELS", "LONGEST_TOGETHER", "LONGEST_WORD", "OBJECTIVES", "RATED", "RESULTS", "SOMETHING_ELSE",
    "STATES", "THIRD", "WEEKDAYS", "Allowed", "Answer", "Answered", "Ask", "Consented", "Daytime", "Declined",
    "DoesNotFit", "Effect", "Facts", "Flow", "Forgotten", "Given", "Group", "Kept", "Left", "Lobby", "Meant",
    "MemberCall", "Misleads", "Moved", "NotEntered", "Objective", "OpenConsultation", "OpenInquiry", "OpenRound",
    "Option", "OwnContribution", "PassedOn", "Played", "Process", "Promise", "PublicMatter", "Question",
    "QuestionKind", "QuotaFact", "RatedResponse", "Recognised", "Region", "Rendition", "Renditions", "Replied",
    "Returned", "Safety", "Say", "Scale", "Shared", "Sorted", "Spoke", "Surroundings", "Switched", "TakenBack",
    "Talk", "Told", "Turn", "Unread", "Unreviewed", "Voted", "Wants", "Words", "advance", "asks_to_stop", "fewer",
    "fits", "fits_in", "flow_for", "flows", "fold", "gave", "go_elsewhere", "goes_back", "greeting", "greets",
    "has_label", "in_danger", "is_approved_elsewhere", "is_free", "is_word", "linking_code", "misleads", "narrowed",
    "nearest_flow", "only", "over", "play", "read", "rendition", "reply", "room", "says_something", "short_title",
    "sorry", "stuck", "tapped", "tells_of_danger", "templates", "to_send", "told", "topic_label", "with_notice",
    "written_in",
]  # fmt: skip
