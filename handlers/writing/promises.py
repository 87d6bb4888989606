"""What is promised before anything is asked."""

from datetime import datetime

import flows
from handlers.writing import contents, naming
from locales import to_staff


def check_promise(promise: flows.Promise, now: datetime) -> None:
    """Raises `contents.Unfit` when it promises nothing, or a day that is past."""
    contents.check_rendered(promise.purpose, to_staff("promise.purpose"))
    contents.check_rendered(promise.who_decides, to_staff("promise.who_decides"))
    contents.check_rendered(promise.what_can_change, to_staff("promise.what_can_change"))
    if promise.level not in flows.LEVELS:
        raise contents.Unfit(to_staff("promise.level is one of: {choices}.", choices=naming.listed(flows.LEVELS)))
    if promise.answer_by <= now.date():
        raise contents.Unfit(to_staff("promise.answer_by must be a day to come."))
    if promise.responds < promise.answer_by:
        raise contents.Unfit(
            to_staff("promise.respond_by must be the last day on which people can answer, or a later one.")
        )
