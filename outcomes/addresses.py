"""What a verdict says of the address that a message was for."""

from collections.abc import Sequence
from datetime import datetime

from channels.verdicts import Verdict
from storage.addresses import Change


def learned(
    address: str, verdict: Verdict, *, shut: datetime | None = None, elsewhere: Sequence[str] = ()
) -> Change | None:
    """None where it says nothing. `shut`: when its person had been silent for too long.

    `elsewhere`: the senders by which its person may be looked for instead.
    """
    if verdict.reach is None:
        return Change(address, shut=shut, elsewhere=tuple(elsewhere)) if shut or elsewhere else None
    return Change(
        address=address,
        reach=verdict.reach,
        strikes=verdict.strikes,
        within=verdict.within,
        lasts=verdict.lasts,
        shut=shut,
        elsewhere=tuple(elsewhere),
    )
