"""Where a redirect may lead, and which notices a cookie may bring."""

from http.cookies import SimpleCookie

import pytest
from fastapi import Request

from tinhdata.kernel import Text, t
from tinhdata.web.contexts.shell import Notice, Tone
from tinhdata.web.shell import NOTICE_COOKIE, carried, local_path, redirect


@pytest.mark.parametrize("path", ["/", "/datasets?q=bụi&page=2", "/datasets/a/releases/3#x"])
def test_an_address_of_the_portal_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "datasets", "//evil.example", "///x", "/\\evil.example", "https://evil.example", "//[",
     "/a\r\nSet-Cookie: x=1", "/\tevil", "javascript:alert(1)"],
)  # fmt: skip
def test_any_other_address_becomes_the_first_page(path: str) -> None:
    assert local_path(path) == "/"


def _request(cookie: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", f"{NOTICE_COOKIE}={cookie}".encode())]})


def _cookie_of(notice: Notice) -> str:
    header = redirect("/", notice).headers["set-cookie"]
    return SimpleCookie(header)[NOTICE_COOKIE].value


def test_a_notice_survives_a_redirect() -> None:
    said = Notice(t("Release no. {numbers} was withdrawn.", numbers="3"), Tone.GOOD, t("Sign in"))
    assert carried(_request(_cookie_of(said))) == (said,)


def test_a_sentence_that_is_not_ours_is_not_shown() -> None:
    foreign = Notice(Text("Your account is closed, call {number}.", {"number": "1"}))
    assert carried(_request(_cookie_of(foreign))) == ()


def test_a_long_value_is_not_shown() -> None:
    long = Notice(Text("Release no. {numbers} was withdrawn.", {"numbers": "9" * 500}))
    assert carried(_request(_cookie_of(long))) == ()


@pytest.mark.parametrize("cookie", ["", "x", "%%%", "bnVsbA", "W10", "eyJ0ZXh0IjoxfQ", "A" * 9_000])
def test_a_cookie_that_cannot_be_read_says_nothing(cookie: str) -> None:
    assert carried(_request(cookie)) == ()
