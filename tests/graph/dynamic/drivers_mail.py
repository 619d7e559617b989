"""Drivers: calls into the standard library's modules for mail; nothing goes over a network.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import email
import email.charset
import email.generator
import email.header
import email.headerregistry
import email.message
import email.mime.application
import email.mime.multipart
import email.mime.text
import email.policy
import email.utils
import io
from collections.abc import Callable
from pathlib import Path

from graph.dynamic.library import attempt, each

_MAIL = """From: "Ann, B." <ann@x.org>, (note) Bob <bob@[1.2.3.4]>
To: group: a@b.c, "d e"@f.g; , lone
Subject: =?utf-8?q?h=C3=A9llo?= =?iso-8859-1?b?4Q==?= plain
 folded
Date: Thu, 29 Feb 2024 01:02:03 +0530
Message-ID: <id@host>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="XX"; charset*=us-ascii'en'u%20tf; name*0="long"; name*1*=%41b

preamble
--XX
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable
Content-Disposition: attachment; filename="f=?.txt"

caf=C3=A9=
 more
--XX
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

YWJjZGVm
--XX
Content-Type: message/rfc822

Subject: inner

text
--XX--
epilogue
"""


_ADDRESSES = (
    "a@b.c", "Ann <a@b>", '"q \\" z" <a.b@c.d>', "a b c", "<>", "a@", "(c) x@y (d)", "g: a@b, c@d;",
    "=?utf-8?q?x?= <y@z>",
    "a@[1.2.3.4]", "@r,@s:a@b", "a..b@c", "", "a@b, c@d", '"unclosed', "<a@b", "x <a@b> y", "a@b@c", "g:;", "é@ü",
    "a,b;c",
)  # fmt: skip


def drive_email_parsing(_folder: Path) -> None:
    mails = (
        _MAIL, _MAIL.replace("--XX--\n", ""), "no header line\nX: y\n\nb", "X: y", "", _MAIL.replace("XX", "", 1),
        " cont\nA: b\n",
        _MAIL.replace("mixed", "digest"), "Content-Type: multipart/mixed\n\nx", "Content-Type: x;y=z;=;q\n\nbody",
        "From x\nA: b\n\nc",
        "Content-Transfer-Encoding: base64\n\n!!!",
        "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n#86)C\n \nend\n",
    )  # fmt: skip
    for policy in (email.policy.compat32, email.policy.default, email.policy.SMTPUTF8):
        for text in mails:
            message = email.message_from_string(text, policy=policy)
            for part in message.walk():
                for name in ("get_content_type", "get_filename", "get_boundary", "get_content_charset", "get_params",
                    "items",
                             "get_content_disposition", "get_charsets", "is_multipart", "get_content"):  # fmt: skip
                    attempt(lambda part=part, name=name: getattr(part, name)())
                each(lambda decode, part=part: part.get_payload(decode=decode), (True, False))
                attempt(part.get_param, "name")
                attempt(part.set_param, "x", "é y")
                attempt(part.del_param, "name")
            attempt(message.as_string)
            attempt(message.as_bytes)
            attempt(email.message_from_bytes, text.encode(), policy=policy)
            attempt(email.generator.DecodedGenerator(io.StringIO()).flatten, message)


def drive_email_headers(_folder: Path) -> None:
    registry = email.headerregistry.HeaderRegistry()
    values = (
        *_ADDRESSES, "text/plain; charset=utf-8; x", "attachment; filename*=utf-8''a%20b", "1.0", "1 (c).0", "7bit",
        "x y",
        "Thu, 29 Feb 2024 01:02:03 -0000", "29 Feb 24 1:2 EST", "=?utf-8?b?w6k=?= =?x?q?y?= =?utf-8?q?=41_b?=",
        "a" * 200, "<m@i>",
        "text/plain; a*0=x; a*1=y; b*=''; c*x=1; =;", "é" * 60, "multipart/mixed; boundary=\"a\\\"b\"", "=?utf-8?q?bad",
    )  # fmt: skip
    for name in ("from", "to", "sender", "subject", "date", "content-type", "content-disposition", "mime-version",
                 "content-transfer-encoding", "message-id", "x-other"):  # fmt: skip
        for value in values:
            header = attempt(registry, name, value)
            if not isinstance(header, Exception):
                each(
                    lambda policy, header=header: header.fold(policy=policy),
                    (email.policy.default, email.policy.SMTPUTF8),
                )
                each(
                    lambda one, header=header: getattr(header, one),
                    ("addresses", "groups", "params", "defects", "datetime"),
                )
    for value in values:
        each(lambda function, value=value: function(value), (
            email.utils.parseaddr, email.utils.parsedate_tz, email.utils.parsedate, email.header.decode_header,
            email.utils.collapse_rfc2231_value, email.utils.unquote, email.utils.parsedate_to_datetime,
        ))  # fmt: skip
        attempt(email.utils.getaddresses, [value, "z@z"])
        for charset in (None, "utf-8", "us-ascii", "iso-8859-1", "euc-jp"):
            header = attempt(email.header.Header, value, charset, maxlinelen=40, header_name="X")
            attempt(lambda header=header: (header.append("më", "utf-8"), header.encode(), str(header)))
        attempt(lambda value=value: email.header.make_header(email.header.decode_header(value)))
    dates = (
        "1 Jan 01 00:00:00 GMT",
        "Fri Feb 30 1:2:3 2024",
        "2024",
        "1-Feb-70 10.11.12 +0100",
        "Mon,1 x 2",
        "1 Feb 99 25",
    )
    each(email.utils.parsedate_tz, dates)
    each(email.utils.mktime_tz, (email.utils.parsedate_tz("1 Jan 2001 00:00:00 +0100"),))
    email.utils.formatdate(0, usegmt=True)
    each(email.utils.formataddr, (("é", "a@b"), ("x y", "a@b"), ("", "a@b"), ("q", "é@b")))
    each(email.utils.decode_rfc2231, ("a'b'c", "x", "a'b"))


def drive_email_writing(_folder: Path) -> None:
    for policy in (
        email.policy.default,
        email.policy.SMTP,
        email.policy.default.clone(cte_type="7bit", max_line_length=30),
    ):
        message = email.message.EmailMessage(policy=policy)
        message["Subject"] = "héllo " * 12
        message["To"] = ["a@b.c", "d@e.f"] and "Ann Ä <a@b.c>, " + ", ".join(f"user{i}@example.org" for i in range(9))
        attempt(message.set_content, "line é\n" * 3 + "x" * 1200)
        attempt(message.add_alternative, "<p>é</p>", subtype="html")
        attempt(message.add_related, b"png", "image", "png", cid="<c>")
        attempt(message.add_attachment, b"data" * 30, maintype="application", subtype="x", filename="é.bin")
        attempt(message.add_attachment, "text", cte="base64", filename="a.txt")
        attempt(message.add_attachment, email.message_from_string("Subject: x\n\ny", policy=policy))
        attempt(message.set_content, 3)
        attempt(message.__setitem__, "Subject", "again")
        each(lambda part, message=message: message.get_body(part), (("html",), ("plain", "related"), ()))
        list(message.iter_attachments())
        list(message.iter_parts())
        attempt(message.as_bytes)
        attempt(message.as_string, maxheaderlen=40)
        attempt(message.make_mixed)
        attempt(message.clear_content)
    old = email.mime.multipart.MIMEMultipart("mixed", _subparts=[email.mime.text.MIMEText("é", "plain", "utf-8")])
    old.attach(email.mime.application.MIMEApplication(b"x" * 99, name="é"))
    old.attach(email.mime.text.MIMEText("From here\nascii"))
    old.add_header("X", "v", a="b", c=None, d=("utf-8", "", "é"))
    old.replace_header("X", "w")
    attempt(old.replace_header, "none", "w")
    old.set_type("multipart/alternative")
    each(old.set_type, ("bad",))
    old.set_boundary("YY")
    for output in (io.StringIO(), io.StringIO()):
        email.generator.Generator(output, mangle_from_=True, maxheaderlen=20).flatten(old, unixfrom=True)
    email.generator.BytesGenerator(io.BytesIO()).flatten(old, linesep="\r\n")
    for name in ("utf-8", "latin-1", "euc-jp", "x-none", "us-ascii"):
        charset = attempt(email.charset.Charset, name)
        each(
            lambda text, charset=charset: (charset.header_encode(text), charset.body_encode(text)),
            ("é a", "b", b"c", ""),
        )
        attempt(lambda charset=charset: charset.header_encode_lines("é word " * 30, iter([20] * 40)))


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_email_parsing,
    drive_email_headers,
    drive_email_writing,
)
