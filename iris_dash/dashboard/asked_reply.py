"""The reply to the page's question as JSON, written without Dash, which looks at all of it twice.

Dash would find out for each reply what is asked of whom, and put other letters for each `<`, `>`
and `/` in it, of which an answer has thousands: a tenth of the answer's time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from dash import Dash, Output
from dash._utils import stringify_id

from iris_dash.dashboard import ids


class AskedReply:
    """Replies to what the page asks of the callback whose one input is `ids.ASKED`.

    `outputs` are that callback's, `answer` returns the parts by their names.
    """

    def __init__(
        self,
        app: Dash,
        outputs: Mapping[str, Output],
        answer: Callable[[Any], dict[str, Any]],
    ) -> None:
        self._key = next(
            key
            for key, callback in app.callback_map.items()
            if [one["id"] for one in callback["inputs"]] == [ids.ASKED]
        )
        self._outputs = outputs
        self._answer = answer

    def written(self, body: Any) -> bytes | None:
        """Return the reply to a question as the page sends it; None where it is another callback's.

        What the answer does not have, other views and what failed, stays as it is on the page. So
        do controls that came into the page, or went, since it asked.
        Errors: those of `answer`; any other where the body is no question of the page.
        """
        if body["output"] != self._key:
            return None
        asked, places = body["inputs"][0]["value"], body["outputs"]
        parts = self._answer(asked)
        reply: dict[str, dict[str, Any]] = {}
        for (name, output), place in zip(self._outputs.items(), places, strict=True):
            if name not in parts:
                continue
            several = isinstance(place, list)
            values, ones = (parts[name], place) if several else ([parts[name]], [output.to_dict()])
            if len(values) == len(ones):
                for one, value in zip(ones, values, strict=True):
                    reply.setdefault(stringify_id(one["id"]), {})[one["property"]] = value
        return orjson.dumps({"multi": True, "response": reply})
