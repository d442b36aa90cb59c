"""Results that are computed once for all visitors, in this process."""

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from inspect import signature
from threading import Lock
from typing import Any


class _Once:
    """A result that the first of several threads computes; an error is raised to each, and not kept."""

    def __init__(self, compute: Callable[[], Any]):
        self._compute, self._lock, self._results = compute, Lock(), []

    def result(self) -> Any:
        with self._lock:
            if not self._results:
                self._results.append(self._compute())
            return self._results[0]


def cached(n: int) -> Callable[[Callable], Callable]:
    """Keep the n results of a function that were requested last, by its arguments, which are hashable.
    Threads that request the same result wait for the one that computes it.
    """

    def decorate(function: Callable) -> Callable:
        entries = lru_cache(n)(lambda *arguments: _Once(partial(function, *arguments)))
        parameters, lock = signature(function), Lock()

        @wraps(function)
        def call(*arguments, **named):
            bound = parameters.bind(*arguments, **named)
            bound.apply_defaults()
            with lock:
                entry = entries(*bound.args)
            return entry.result()

        return call

    return decorate
