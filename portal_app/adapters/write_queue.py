"""A line of writers before a lock that serves whoever happens to wake: first come, first served."""

from __future__ import annotations

from collections import deque
from threading import Lock


class WriteQueue:
    """One writer at a time, in the order in which they came.

    SQLite's own waiting is by polling: a writer that begins again at once, as a job with a thousand small
    transactions does, keeps another out past its timeout. Those of one process stand in line here instead.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._line: deque[Lock] = deque()
        self._is_taken = False

    def enter(self, timeout: float) -> bool:
        """Wait for one's turn, `timeout` seconds at most; False where it did not come."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = Lock()
            turn.acquire()
            self._line.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._guard:
            if turn not in self._line:
                return True  # it came at the last moment
            self._line.remove(turn)
            return False

    def leave(self) -> None:
        """Let the next one go on."""
        with self._guard:
            if self._line:
                self._line.popleft().release()
            else:
                self._is_taken = False
