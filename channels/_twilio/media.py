"""Voice notes that Twilio keeps: fetched from its own hosts alone, and deleted there when we have them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from channels._sound.looking import looked_into
from channels._twilio.lists import Lists
from channels._wire import Download
from channels.messages import Gone, Later, Never, NotSent, Stopped
from channels.recordings import LARGEST, Recording

_ID = "[0-9a-fA-F]{32}"
PLACE = re.compile(
    rf"https://[a-z0-9.-]+(/2010-04-01/Accounts/(AC{_ID})/Messages/(?:SM|MM){_ID}/Media/ME{_ID})", re.ASCII
)
"""Of an address that came with a message only this is used: the host that we ask is that of the settings."""
STORES = re.compile(r"([a-z0-9-]+\.)+twiliocdn\.com")
"""Where Twilio sends whoever asks for what it keeps (mms.twiliocdn.com), for some hours. Its older open store is none
of these: what lies there anybody could read."""
ELSEWHERE = (301, 302, 303, 307, 308)
MOST_STEPS = 3
A_WHILE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Media:
    """What Twilio keeps for one account."""

    lists: Lists

    async def fetch(self, address: str) -> Recording:
        """Raises a child of `NotSent`."""
        return await looked_into(await self._sound(self._place(address)))

    async def delete(self, address: str) -> None:
        """What is gone already needs no deleting. Raises a child of `NotSent`."""
        answer = await self.lists.wire.delete(f"{self._place(address)}.json", self._sign_in)
        if answer.status >= 300 and answer.status != 404:
            raise _refused(answer.status, answer.retry_after)

    async def _sound(self, place: str) -> bytes:
        download = await self.lists.wire.download(place, LARGEST, self._sign_in)
        for _step in range(MOST_STEPS):
            if download.status not in ELSEWHERE:
                break
            place = _joined(place, download.location)
            download = await self._elsewhere(place)
        if download.status != 200:
            raise _refused(download.status, download.retry_after)
        return download.body

    async def _elsewhere(self, place: str) -> Download:
        """Without our sign-in, which nobody but Twilio's interface is shown."""
        if _origin(place) == _origin(self.lists.account.api):
            return await self.lists.wire.download(place, LARGEST)
        scheme, host = _origin(place)
        if scheme != "https" or not STORES.fullmatch(host):
            raise Never("elsewhere")
        return await self.lists.wire.download_outside(place, LARGEST)

    def _place(self, address: str) -> str:
        found = PLACE.fullmatch(address)
        if found is None or found[2] != self.lists.account.sid:
            raise Never("elsewhere")
        return f"{self.lists.account.api}{found[1]}"

    @property
    def _sign_in(self) -> tuple[str, str]:
        return self.lists.account.sid, self.lists.account.tokens[0]


def _joined(place: str, location: str) -> str:
    """Raises `Never` for what is no address."""
    try:
        return urljoin(place, location)
    except ValueError:
        pass
    raise Never("elsewhere")


def _origin(address: str) -> tuple[str, str]:
    """With whatever is written beside the host: a port, or somebody's name."""
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _refused(status: int, after: timedelta) -> NotSent:
    code = str(status)
    if status in (404, 410):
        return Gone(code)
    if status in (401, 403):
        return Stopped(code)
    if status == 429 or status >= 500:
        return Later(code, after or A_WHILE, everyone=status == 429)
    return Never(code)
