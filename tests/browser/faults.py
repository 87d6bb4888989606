"""What no page of ours may do in a browser, and by what it is noticed."""

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Request, Response, WebError

TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.effectiveDirective} keeps out ${event.blockedURI}`));
"""
KNOWN = "Failed to load resource"
"""How Chromium begins to say what we know from the response."""
LEFT_BEHIND = "net::ERR_ABORTED"
"""Why a request fails that was under way when somebody went to another page."""
PARTS = {"stylesheet", "script", "image", "font"}


async def watch(context: BrowserContext, site: str, faults: list[str]) -> None:
    """From now on whatever a page does that none may is put into words there."""

    async def dismiss(dialog: Dialog) -> None:
        faults.append(f"{dialog.type}: {dialog.message}")
        await dialog.dismiss()

    context.on("console", lambda message: faults.extend(_in_console(message)))
    context.on("weberror", lambda error: faults.extend(_in_script(error)))
    context.on("request", lambda request: faults.extend(_in_request(request, site)))
    context.on("requestfailed", lambda request: faults.extend(_in_failure(request)))
    context.on("response", lambda response: faults.extend(_in_response(response)))
    context.on("dialog", dismiss)
    await context.add_init_script(TELL_OF_VIOLATIONS)


def _in_console(message: ConsoleMessage) -> list[str]:
    is_fault = message.type in ("error", "warning") and not message.text.startswith(KNOWN)
    return [f"console: {message.text}"] if is_fault else []


def _in_script(error: WebError) -> list[str]:
    return [f"script: {error.error}"]


def _in_request(request: Request, site: str) -> list[str]:
    return [] if request.url.startswith(f"{site}/") else [f"asks somebody else: {request.method} {request.url}"]


def _in_failure(request: Request) -> list[str]:
    return [] if request.failure == LEFT_BEHIND else [f"not answered: {request.url} {request.failure}"]


def _in_response(response: Response) -> list[str]:
    """A page may be refused, and a form be sent back; a part of a page has to be there."""
    kind = response.request.resource_type
    is_fault = response.status >= 500 or (response.status >= 400 and kind in PARTS)
    return [f"answered {response.status}: {kind} {response.url}"] if is_fault else []
