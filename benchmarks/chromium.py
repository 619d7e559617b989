"""A headless Chromium, spoken to by the DevTools protocol over a pipe: no driver, no port, no package.

In: a page's path, and expressions to evaluate in it. Out: their values, screenshots, and everything that the page
complained about: errors, console messages, violations of its security policy, and requests beyond itself.
Source: Chrome DevTools Protocol, the stable domains; `--remote-debugging-pipe` (messages end with a zero byte, the
browser reads from descriptor 3 and writes to 4).
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-dev-shm-usage", "--disable-background-networking", "--remote-debugging-pipe"),
)
_PATIENCE = 60.0  # seconds; CI machines are slow to start a browser
_HIGH = 20  # a descriptor above those that the browser's are moved to


class PageError(Exception):
    """A page threw, or the browser did not answer."""


def find_chromium() -> str | None:
    """The path of an installed Chromium, None if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Chromium:
    """One browser with one page; close it, or use it as a context.

    complaints: what was logged, thrown or forbidden since the page was opened. requests: the addresses it asked for.

    Args:
        binary: from `find_chromium`.
        width: of the window, in pixels.
        height: likewise.
    """

    def __init__(self, binary: str, width: int = 1440, height: int = 900) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._profile = tempfile.TemporaryDirectory(prefix="chromium", ignore_cleanup_errors=True)
        their_input, self._input = _pipe()
        self._output, their_output = _pipe()
        profile = f"--user-data-dir={self._profile.name}"
        self._pid = os.posix_spawn(
            binary,
            [binary, *_ARGUMENTS, f"--window-size={width},{height}", profile, "about:blank"],
            {**os.environ, "HOME": self._profile.name},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, their_input, 3),
                (os.POSIX_SPAWN_DUP2, their_output, 4),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
            setpgroup=0,
        )
        os.close(their_input)
        os.close(their_output)
        self._unread = b""
        self._last = 0
        self._session: str | None = None
        self._is_loaded = False
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def open(self, path: Path, fragment: str = "") -> float:
        """Open a file from scratch and wait until it is loaded.

        Args:
            path: of an HTML file.
            fragment: what follows the `#`, if anything.

        Returns:
            Seconds until its load event.
        """
        self._wait_for_load(
            "Page.navigate", url="about:blank"
        )  # else another fragment of the same file would be no new page
        self.complaints.clear()
        self.requests.clear()
        address = path.absolute().as_uri() + (f"#{fragment}" if fragment else "")
        return self._wait_for_load("Page.navigate", url=address)

    def reload(self) -> None:
        """Load the page anew."""
        self.requests.clear()
        self._wait_for_load("Page.reload")

    def evaluate(self, expression: str) -> Any:
        """Evaluate a JavaScript expression in the page; a promise is waited for.

        Raises:
            PageError: it threw.
        """
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise PageError(_thrown(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def settle(self) -> None:
        """Wait until what was asked of the page is drawn: two frames, and the events between them."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")

    def press(self, *keys: str) -> None:
        """Press keys by their names, such as `j`, `/`, `Enter`, `ArrowDown`."""
        for key in keys:
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            code = {"Enter": 13, "Escape": 27, "Tab": 9}.get(key, 0)
            event = {"key": key, "windowsVirtualKeyCode": code} | ({"text": text} if text else {})
            self._call("Input.dispatchKeyEvent", type="keyDown", **event)
            self._call("Input.dispatchKeyEvent", type="keyUp", key=key)
        self.settle()

    def click(self, selector: str, x: float = 0.5, y: float = 0.5) -> None:
        """Click an element at a part of its width and height."""
        self._point(selector, x, y, "mousePressed", "mouseReleased")

    def hover(self, selector: str, x: float = 0.5, y: float = 0.5) -> None:
        """Move the pointer over an element likewise."""
        self._point(selector, x, y)

    def prefer(self, scheme: str) -> None:
        """Prefer the colour scheme `light` or `dark`, as the system would."""
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def resize(self, width: int, height: int) -> None:
        """Give the page another size, in pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        self.settle()

    def screenshot(self, path: Path) -> None:
        """Write what is seen as a PNG file."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def close(self) -> None:
        """End the browser and all its processes."""
        os.close(self._input)  # which tells it to end
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._output)
        self._profile.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wait_for_load(self, method: str, **params: Any) -> float:
        self._is_loaded = False
        begin = time.perf_counter()
        self._call(method, **params)
        while not self._is_loaded:
            self._receive(begin + _PATIENCE)
        return time.perf_counter() - begin

    def _point(self, selector: str, x: float, y: float, *presses: str) -> None:
        box = self.evaluate(
            "(selector => { const one = document.querySelector(selector); one.scrollIntoView({block: 'center'});"
            " const box = one.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })"
            f"({json.dumps(selector)})"
        )
        place = {"x": box[0] + x * box[2], "y": box[1] + y * box[3]}
        self._call("Input.dispatchMouseEvent", type="mouseMoved", **place)
        for press in presses:
            self._call("Input.dispatchMouseEvent", type=press, button="left", clickCount=1, **place)
        self.settle()

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._input, data) :]
        deadline = time.perf_counter() + _PATIENCE
        while (answer := self._receive(deadline)).get("id") != self._last:
            continue
        if "error" in answer:
            raise PageError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _receive(self, deadline: float) -> dict[str, Any]:
        """The next message; an event is noted."""
        while b"\0" not in self._unread:
            ready = select.select([self._output], [], [], max(0.0, deadline - time.perf_counter()))[0]
            data = os.read(self._output, 1 << 20) if ready else b""
            if not data:
                raise PageError("the browser does not answer")
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._is_loaded = True
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(_thrown(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str([item.get("value") for item in params["args"]]))
        elif method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(f"a dialog: {params['message']}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])


def _pipe() -> tuple[int, int]:
    """A pipe of which both ends stand above the descriptors that the browser gets."""
    ends = os.pipe()
    high = fcntl.fcntl(ends[0], fcntl.F_DUPFD_CLOEXEC, _HIGH), fcntl.fcntl(ends[1], fcntl.F_DUPFD_CLOEXEC, _HIGH)
    for end in ends:
        os.close(end)
    return high


def _thrown(details: dict[str, Any]) -> str:
    return str(details.get("exception", {}).get("description", details["text"]))
