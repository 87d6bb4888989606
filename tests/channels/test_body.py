"""What arrives is read whole or not at all."""

import asyncio

import pytest
from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from channels import Refused
from channels._body import body


@pytest.mark.parametrize("trouble", [web.RequestPayloadError(), ConnectionResetError(), TimeoutError()])
async def test_what_breaks_off_is_refused(trouble: Exception) -> None:
    loop = asyncio.get_running_loop()
    content = StreamReader(BaseProtocol(loop), 65536, loop=loop)
    content.set_exception(trouble)
    with pytest.raises(Refused) as refused:
        await body(make_mocked_request("POST", "/", payload=content))
    assert refused.value.status == 400
    assert refused.value.__context__ is None
