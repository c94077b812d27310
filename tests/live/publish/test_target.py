import pytest

from emogui.errors import UsageError
from emogui.live.publish.target import Target, parse_target


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("websocket", "websocket:127.0.0.1:8765"),
        ("WebSocket:8000", "websocket:127.0.0.1:8000"),
        ("websocket:0", "websocket:127.0.0.1:0"),
        ("websocket:0.0.0.0", "websocket:0.0.0.0:8765"),
        ("websocket:[::1]:80", "websocket:[::1]:80"),
        ("osc", "osc:127.0.0.1:9000"),
        ("osc:stage.local:7000", "osc:stage.local:7000"),
        ("osc:[fe80::1]", "osc:[fe80::1]:9000"),
        ("osc:stage:", "osc:stage:9000"),
        ("lsl", "lsl:emogui"),
        ("lsl:Room 2", "lsl:Room 2"),
        ("lsl:@network", "lsl:emogui@network"),
    ],
)
def test_what_is_left_out_is_as_usual(text, whole):
    assert str(parse_target(text)) == whole
    assert parse_target(whole) == parse_target(text)


@pytest.mark.parametrize(
    "text",
    ["", "midi", "osc:0", "osc:a:b", "osc:1.2.3.4:70000", "osc:::1", "osc:[::1",
     "osc:[::1]x", "osc:-1", "osc:a b:1", "websocket:http://x", "websocket:²",
     "lsl:a@moon", "lsl:" + "x" * 65, "lsl:a\nb"],
)  # fmt: skip
def test_what_is_none_is_refused_with_what_would_be(text):
    with pytest.raises(UsageError) as caught:
        parse_target(text)
    assert "lsl" in caught.value.hint or "websocket" in caught.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST.", "::1"])
def test_loopback_stays_on_this_computer(host):
    assert not Target("osc", host, 1).leaves


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.4", "localhost.evil.example", "x"])
def test_any_other_host_does_not(host):
    assert Target("websocket", host, 1).leaves


def test_a_stream_is_announced_where_it_says():
    assert not parse_target("lsl").leaves and parse_target("lsl:x@network").leaves
