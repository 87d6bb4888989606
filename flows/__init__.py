"""Conversations, one file each: pure generators."""

from flows._engine.effects import (
    Answered,
    Consented,
    Declined,
    Effect,
    Forgotten,
    Left,
    Moved,
    PassedOn,
    Recognised,
    Returned,
    Shared,
    Spoke,
    Turned,
    Voted,
    Words,
)
from flows._engine.facts import (
    WEEKDAYS,
    Daytime,
    Facts,
    Kept,
    OpenConsultation,
    OpenRound,
    Option,
    OwnContribution,
    Process,
    Promise,
    Question,
    Region,
    Renditions,
    Safety,
    Surroundings,
    only,
)
from flows._engine.reading import Unread, read, sorry
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
from flows._engine.words import flow_for, goes_back, to_send
from flows._texts.levels import LEVELS
from flows._texts.objectives import GROUPS, OBJECTIVES, SOMETHING_ELSE, Group, Objective, topic_label
from flows._texts.renditions import Rendition, rendition, with_notice
from flows._texts.states import STATES
from flows._texts.templates import templates
from flows._texts.told import Told, told

__all__ = [
    "GROUPS", "LEVELS", "OBJECTIVES", "SOMETHING_ELSE", "STATES", "WEEKDAYS", "Answer", "Answered", "Ask",
    "Consented", "Daytime", "Declined", "DoesNotFit", "Effect", "Facts", "Flow", "Forgotten", "Group", "Kept",
    "Left", "Moved", "Objective", "OpenConsultation", "OpenRound", "Option", "OwnContribution", "PassedOn",
    "Played", "Process", "Promise", "Question", "Recognised", "Region", "Rendition", "Renditions", "Returned",
    "Safety", "Say", "Shared", "Spoke", "Surroundings", "Talk", "Told", "Turn", "Turned", "Unread", "Voted",
    "Wants", "Words", "advance", "fits", "flow_for", "flows", "goes_back", "only", "play", "read", "rendition",
    "sorry", "templates", "to_send", "told", "topic_label", "with_notice",
]  # fmt: skip
