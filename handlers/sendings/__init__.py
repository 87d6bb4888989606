"""Letting something leave: one person requests it, another approves exactly that, and it is held for a while."""

from handlers.sendings.approving import (
    EMERGENCY_HOLD,
    HOLD,
    LONGEST_REASON,
    approve,
    approve_alone,
    call_back,
    get,
    leave_due,
    on_their_way,
    waiting,
)
from handlers.sendings.of_calls import of_council
from handlers.sendings.of_calls import request as request_call
from handlers.sendings.of_decisions import request as request_decision
from handlers.sendings.of_items import check_council, obstacles, of_item, request
from handlers.sendings.of_responses import request as request_response
from handlers.sendings.of_results import request as request_result
from handlers.sendings.of_rolls import request as request_correction
from handlers.sendings.of_rounds import request as request_round

__all__ = [
    "EMERGENCY_HOLD",
    "HOLD",
    "LONGEST_REASON",
    "approve",
    "approve_alone",
    "call_back",
    "check_council",
    "get",
    "leave_due",
    "obstacles",
    "of_council",
    "of_item",
    "on_their_way",
    "request",
    "request_call",
    "request_correction",
    "request_decision",
    "request_response",
    "request_result",
    "request_round",
    "waiting",
]
