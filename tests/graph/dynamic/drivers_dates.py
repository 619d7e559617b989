"""Drivers: calls into the standard library's modules for dates and addresses.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from pathlib import Path

from graph.dynamic.library import attempt, each, optional, python_form

_ISO = """2024-02-29
20240229
2024-W09-4
2024W094
2024-02-30
2024-W54
2024-060
x
2024-02-29T01:02:03.123456+05:30
2024-02-29 01:02:03,123
2024-02-29T01
2024-02-29T25
20240229T010203Z
2024-02-29T01:02:03-00:00:01.5
2024-02-29T01:0203
01:02:03.5
01:02
T01
24:00
01:02:03+24:00
2024-02-29T01:02+0
2024-02-29T"""


def drive_datetime(_folder: Path) -> None:
    dt = optional("_pydatetime") or python_form("datetime")
    texts = _ISO.split("\n")
    for kind in (dt.date, dt.time, dt.datetime):
        each(kind.fromisoformat, (*texts, 3))
    zone = dt.timezone(dt.timedelta(hours=-5, minutes=30), "Z")
    moments = [
        dt.datetime(2024, 2, 29, 1, 2, 3, 456, tzinfo=zone), dt.datetime(1999, 12, 31, fold=1), dt.datetime(1, 1, 1),
        dt.datetime(2024, 12, 30, tzinfo=dt.timezone.utc), dt.datetime(9999, 12, 31, 23, 59, 59),
    ]  # fmt: skip
    others = [dt.timedelta(days=-1, seconds=3.7), dt.timedelta(0), dt.timedelta(999999), 3, "x"]
    for one in moments:
        each(one.strftime, ("%Y-%m-%d %H:%M:%S.%f %z %Z %% %", "%C %G %:z", "%e%q"))
        for name in ("isoformat", "ctime", "isocalendar", "timetuple", "utctimetuple", "weekday", "toordinal",
            "__reduce__",
                     "__hash__", "__repr__", "timetz", "time", "date", "utcoffset", "dst", "tzname"):  # fmt: skip
            attempt(getattr(one, name))
        each(lambda spec, one=one: one.isoformat(timespec=spec), ("auto", "hours", "milliseconds", "none"))
        for operation in ("__add__", "__sub__", "__eq__", "__lt__", "__ge__"):
            each(getattr(one, operation), (*moments, *others))
        each(lambda change, one=one: one.replace(**change), ({"year": 0}, {"day": 31}, {"tzinfo": None}, {"fold": 2}))
        attempt(one.astimezone, dt.timezone.utc)
    for arguments in (
        (2024, 13, 1),
        (2023, 2, 29),
        ("x", 1, 1),
        (2024, 1, 1, 24),
        (2024, 1, 1, 1, 60),
        (1, 1, 1, 1, 1, 1, -1),
    ):
        attempt(dt.datetime, *arguments)
    each(
        lambda args: dt.date.fromisocalendar(*args),
        ((2024, 9, 4), (2024, 54, 1), (2020, 53, 7), (2024, 1, 8), (0, 1, 1)),
    )
    each(dt.date.fromordinal, (1, 730000, 0, 3652059, 146097))
    deltas = [
        dt.timedelta(weeks=1.5, microseconds=-7),
        dt.timedelta(days=1, hours=-3.25),
        dt.timedelta(milliseconds=0.5),
    ]
    for one in deltas:
        for operation in (
            "__mul__",
            "__truediv__",
            "__floordiv__",
            "__mod__",
            "__divmod__",
            "__eq__",
            "__add__",
            "__rsub__",
        ):
            each(getattr(one, operation), (2, 2.5, -3, deltas[0], "x"))
        each(lambda function, one=one: function(one), (str, repr, abs, bool, hash, type(one).total_seconds))
    attempt(dt.timedelta, days=10**10)
    each(dt.timezone, (dt.timedelta(hours=25), 3, dt.timedelta(0), dt.timedelta(seconds=-90, microseconds=5)))


def drive_time(_folder: Path) -> None:
    dt = optional("_pydatetime") or python_form("datetime")
    zone = dt.timezone(dt.timedelta(hours=-5, minutes=30), "Z")
    times = [dt.time(1, 2, 3, 4, zone), dt.time(23), dt.time(1, tzinfo=dt.timezone.utc)]
    for one in times:
        each(lambda function, one=one: function(one), (str, repr, hash, type(one).utcoffset, type(one).__reduce__))
        each(one.__eq__, (*times, 3))
        each(one.__lt__, times)
        each(one.isoformat, ("auto", "minutes", "microseconds", "x"))


def drive_strptime(_folder: Path) -> None:
    strptime = optional("_strptime")
    cases = (
        ("2024-02-29 13:05:06.25", "%Y-%m-%d %H:%M:%S.%f"), ("29 Feb 24 1 PM +0530", "%d %b %y %I %p %z"), ("x", "%Y"),
        ("12 am", "%I %p"), ("2024 060", "%Y %j"), ("2024 09 4", "%Y %W %w"), ("2024 09 4", "%G %V %u"), ("5", "%q"),
        ("2024-W01", "%G-W%V"), ("31 2", "%d %m"), ("1 extra", "%d"), ("-05:30:15.5", "%z"), ("Z", "%z"), ("10", "%"),
        ("Monday", "%A"), ("99", "%y"), ("2024 53 0", "%Y %U %w"), ("+053015", "%z"), ("2024 1", "%Y %V"),
        ("1 1", "%j %V"),
        ("2024 0 1", "%Y %U %w"), ("utc", "%Z"), ("2/29", "%m/%d"), ("+05:3015", "%z"), ("61", "%S"), ("100%", "%y0%%"),
    )  # fmt: skip
    for text, pattern in cases:
        attempt(strptime._strptime_time, text, pattern)
        attempt(strptime._strptime_datetime, python_form("datetime").datetime, text, pattern)


_ADDRESSES = (
    "1.2.3.4", "256.1.1.1", "1.2.3", "01.2.3.4", "::1", "2001:db8::/32", "10.0.0.0/8", "10.0.0.1/8", "::ffff:1.2.3.4",
    "::g",
    "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "192.168.0.0/255.255.0.0", "10.0.0.0/0.255.255.255", "1::2::3",
    "10.0.0.0/33", "",
    "::/129", "1.2.3.4/x", "2002:102:304::", "2001:0:1:2:3:4:5:6", ":1", "1:", "1.2.3.4/24", "::1%", "::1/64",
    "12345::",
    "1.2..3", "1.2.3.4444", "10.0.0.0/255.0.255.0", "a:b:c:d:e:f:1.2.3.4", "::1.2.3", "10.0.0.0/30", "fc00::/127",
)  # fmt: skip


def drive_ipaddress(_folder: Path) -> None:
    for function in (ipaddress.ip_address, ipaddress.ip_network, ipaddress.ip_interface):
        found = each(function, (*_ADDRESSES, 5, b"\1\2\3\4", 2**40, -1, ("10.0.0.0", 8), ("::", "64")))
        loose = each(ipaddress.ip_network, _ADDRESSES, strict=False)
        for one in (*found, *loose):
            names = [
                name
                for name in dir(one)
                if not name.startswith("_") and name not in ("hosts", "subnets", "num_addresses")
            ]
            if not isinstance(one, Exception):
                each(lambda name, one=one: getattr(one, name), names)
                each(lambda kind, one=one: kind(one), (str, repr, hash, int, lambda value: format(value, "x")))
                each(one.__eq__, found[:6])
                each(one.__lt__, found[:6])
    nets = [ipaddress.ip_network("10.0.0.0/28"), ipaddress.ip_network("10.0.0.16/28"), ipaddress.ip_network("::/124")]
    for net in nets:
        list(net.hosts())
        attempt(lambda net=net: list(net.subnets(2)))
        attempt(lambda net=net: list(net.subnets(new_prefix=30)))
        attempt(lambda net=net: list(net.subnets(2, 3)))
        each(lambda change, net=net: net.supernet(**change), ({}, {"new_prefix": 8}, {"prefixlen_diff": 200}))
        each(
            lambda other, net=net: list(net.address_exclude(other)), (ipaddress.ip_network("10.0.0.4/30"), net, nets[1])
        )
        each(lambda other, net=net: (net.overlaps(other), net.subnet_of(other)), nets)
        each(net.__getitem__, (0, -1, 99))
        each(net.__contains__, (net[1], nets[2][0], net))
    first, last = ipaddress.ip_address("10.0.0.3"), ipaddress.ip_address("10.0.1.9")
    each(
        lambda end: list(ipaddress.summarize_address_range(first, end)), (last, nets[2][0], ipaddress.ip_address(1), 3)
    )
    attempt(lambda: list(ipaddress.collapse_addresses([*nets[:2], first, last, ipaddress.ip_network("10.0.0.0/29")])))
    attempt(lambda: list(ipaddress.collapse_addresses(nets)))
    each(ipaddress.v4_int_to_packed, (1, -1))


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_datetime,
    drive_time,
    drive_strptime,
    drive_ipaddress,
)
