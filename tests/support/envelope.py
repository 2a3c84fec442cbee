"""The one shape of an error."""

from __future__ import annotations


def assert_envelope(answer, status):
    """Every error has one shape; its detail is a sentence, or a list of problems for 422."""
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    body = answer.get_json()
    assert list(body) == ["detail"]
    if status == 422:
        assert body["detail"]
        for problem in body["detail"]:
            assert list(problem) == ["type", "loc", "msg", "input"]
            assert problem["loc"][0] in ("body", "query")
    else:
        assert isinstance(body["detail"], str)
    assert "Traceback" not in answer.text
    return body["detail"]
