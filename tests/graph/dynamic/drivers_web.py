"""Drivers: calls into the standard library's modules for markup and the web; nothing goes over a network.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import html
import html.parser
import http.cookies
import io
import mimetypes
import urllib.parse
import xml.dom.minidom
import xml.sax.saxutils
from collections.abc import Callable
from pathlib import Path

from graph.dynamic.library import attempt, each, python_form


class _Reader(html.parser.HTMLParser):
    """Answers references itself, so that these branches run too."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.last = (tag, attrs, self.get_starttag_text(), self.getpos())


def drive_markup(_folder: Path) -> None:
    pages = (
        "<!DOCTYPE html [<!ENTITY x 'y'> <!ATTLIST a b (c|d) #IMPLIED> %p; <!ELEMENT q ANY> <!-- i -->]>",
        "<p/><a href='x&amp;y' b=c d>t</a>",
        "<?pi x?><!-- c --><br/><img src=x />&#65;&#x41;&lt;&none;&#xZ; & b</p >",
        "<script>if (a<b) '</x>'</script><style>p{}</style>",
        "<![CDATA[x]]><![if IE]>", "<a", "<!", "</", "<a b='", "&", "&#", "<!-- open", "<1>", "</ x>", "<a<b>",
        "<x y=z/>", "</a b>", "<!x>",
        "<a\n\nb\t=\n'c'>", "<textarea>&amp;</textarea><title>x</title>", "</>", "<!doctype", "<a b=\"c\"d=e>", "&lt",
        "<!a[b", "<![x[",
    )  # fmt: skip
    for convert in (True, False):
        for page in pages:
            parser = _Reader(convert_charrefs=convert)
            attempt(parser.feed, page)
            attempt(parser.close)
            parser = _Reader(convert_charrefs=convert)
            each(parser.feed, page)
            attempt(parser.close)
    each(html.unescape, ("&lt;&#65;&#x110000;&#x80;&notit;&zz;&#0;", "none"))
    html.escape("<'\"&>")
    text = (
        "<?xml version='1.0'?><!DOCTYPE r><r a='1' xmlns:n='u'><b>t&amp;</b><!--c--><?p i?><n:c n:x='y'/>"
        "<![CDATA[<]]></r>"
    )
    document = xml.dom.minidom.parseString(text)  # noqa: S318
    document.toprettyxml(indent=" ", encoding="utf-8", standalone=True)
    copy = document.documentElement.cloneNode(deep=True)
    copy.setAttribute("z", '<"\n>')
    copy.insertBefore(document.createTextNode("x"), copy.firstChild)
    copy.replaceChild(document.createElement("q"), copy.firstChild)
    copy.appendChild(document.createTextNode("a"))
    copy.appendChild(document.createTextNode("b")).splitText(0)
    copy.normalize()
    for action in (lambda: copy.removeChild(document), lambda: copy.removeAttribute("none"),
        lambda: copy.insertBefore(copy, document),
                   lambda: copy.getElementsByTagNameNS("u", "*"), lambda: copy.setAttributeNS("u", "n:x", "1"),
                   copy.toxml,
                   lambda: document.renameNode(copy, "u", "n:z"), lambda: document.importNode(copy, True),
                   copy.unlink):  # fmt: skip
        attempt(action)
    each(xml.dom.minidom.parseString, ("<a", "<a></b>"))
    xml.sax.saxutils.quoteattr("a\"'b\n")
    xml.sax.saxutils.unescape("&lt;&q;", {"&q;": "Q"})


def drive_element_tree(_folder: Path) -> None:
    tree = python_form("xml.etree.ElementTree")
    text = (
        "<r a='1'><b>t<i/>tail</b><c x='1'>u</c><c x='2'><b/></c><!--n--><?p q?><d xmlns='u' xmlns:m='v' m:k='w'/></r>"
    )
    root = attempt(tree.fromstring, text)
    paths = (
        "b", ".//b", "*", "c[@x]", "c[@x='2']", "c[@x!='2']/b", "c[2]", "c[last()]", "c[last()-1]", "b/..", "//b",
        "c[b]", "c[b='']",
        "c[.='u']", "{u}d", "{*}d", ".", "c[0]", "c[", "/b", "c[last()-9]", "c[.!='u']", "c[b!='']", "{u}*",
        "b[@x='1'", "c[x()]", "",
    )  # fmt: skip
    for path in paths:
        each(lambda name, path=path: getattr(root, name)(path), ("find", "findall", "findtext"))
        attempt(lambda path=path: list(root.iterfind(path, {"": "u", "m": "v"})))
    for options in ({}, {"encoding": "unicode"}, {"method": "html"}, {"method": "text"}, {"xml_declaration": True},
                    {"short_empty_elements": False}, {"method": "c14n"}, {"default_namespace": "u"},
                    {"method": "x"}):  # fmt: skip
        attempt(tree.tostring, root, **options)
    attempt(tree.indent, root)
    list(root.iter("c"))
    list(root.itertext())
    each(lambda action: action(), (
        lambda: root.remove(root), lambda: root.insert(0, tree.Comment("x")),
        lambda: root.extend([tree.PI("a", "b")]), root.keys,
        lambda: root.append("x"), lambda: tree.SubElement(root, "z", {"q": "1"}, y="2"),
        lambda: root.makeelement("k", {}), root.items,
        lambda: tree.tostring(tree.Element(3)),
        root.__copy__,
        lambda: tree.canonicalize(text, strip_text=True, rewrite_prefixes=True),
        lambda: tree.XMLID("<a id='x'><b id='y'/></a>"),
        lambda: tree.canonicalize(text, qname_aware_tags=["c"], exclude_attrs=["x"], exclude_tags=["b"],
        with_comments=True),
        lambda: list(tree.iterparse(io.StringIO(text), ["start", "end", "start-ns", "end-ns", "comment", "pi"])),
        lambda: tree.fromstringlist(["<a>", "</b>"]), lambda: tree.register_namespace("ns1", "u"),
        lambda: tree.QName("u", "x") < "a",
    ))  # fmt: skip
    builder = tree.TreeBuilder(insert_comments=True, insert_pis=True)
    for name, arguments in (
        ("start", ("a", {})),
        ("data", ("x",)),
        ("comment", ("c",)),
        ("pi", ("t", "u")),
        ("end", ("a",)),
        ("close", ()),
    ):
        attempt(getattr(builder, name), *arguments)


_URLS = (
    "http://u:p@h:80/a/b;c?d=1&d=2&e=#f", "//h/x", "a/../b", "", "mailto:x@y", "http://[::1]:8/", "http://[x",
    "HTTP://H:99999/", "?q", "#f",
    "file:///c|/x", "http://h:x/", "http:///p", "a:b", "http://é.de/ü?ß", "svn://x/../y/./", "http://[v1.x]/",
    "http://h\u2100/", "x://a]b/",
)  # fmt: skip


def drive_urls(_folder: Path) -> None:
    for url in _URLS:
        for function in (urllib.parse.urlparse, urllib.parse.urlsplit):
            parts = attempt(function, url)
            for name in ("port", "hostname", "username", "password", "netloc"):
                attempt(lambda parts=parts, name=name: getattr(parts, name))
            attempt(lambda parts=parts: parts.geturl())
            attempt(lambda parts=parts: parts.encode().geturl())
        each(
            lambda other, url=url: urllib.parse.urljoin(url, other), (*_URLS, "../../z", "./", "/..", ";x", "g?y/../x")
        )
        attempt(urllib.parse.urldefrag, url)
        attempt(urllib.parse.urlsplit, url.encode(errors="replace"))
        attempt(urllib.parse.unwrap, f"<URL:{url}>")
    for text in ("a=1&b=&c", "a=%C3%A9+x", "a;b=2", "=", "&&", "%zz=%", "a=1&a=2"):
        for options in (
            {},
            {"keep_blank_values": True},
            {"strict_parsing": True},
            {"separator": ";"},
            {"max_num_fields": 1},
        ):
            attempt(urllib.parse.parse_qs, text, **options)
            attempt(urllib.parse.parse_qsl, text.encode(), **options)
    for query in (
        {"a": [1, "é"], "b": "x y"},
        [("a", b"\xff"), ("c", (1, 2))],
        {"a": {1: 2}},
        "x",
        3,
        [1],
        {"k": 5, b"z": []},
    ):
        attempt(urllib.parse.urlencode, query)
        attempt(urllib.parse.urlencode, query, doseq=True, quote_via=urllib.parse.quote)
    each(urllib.parse.quote, ("a b/é~", b"\xff a", "", 3))
    attempt(urllib.parse.quote, "x", safe="é", encoding="latin-1")
    each(urllib.parse.quote_plus, ("a b+", b"c d"))
    each(urllib.parse.unquote, ("%41%zz%c3%a9%", b"%41", "plain", "é%41%e9x"))
    each(urllib.parse.unquote_to_bytes, ("%41%g", b"", "%"))


def drive_cookies_and_types(_folder: Path) -> None:
    for text in (
        'a=b; c="d\\073\\"e"; Path=/; secure',
        "a=b; expires=Wed, 01 Jan 2020 00:00:00 GMT; x",
        "$Version=1; a=1; $Path=/",
        "é=1",
        "a",
        "p;q=1",
        '"',
    ):
        jar = http.cookies.SimpleCookie()
        attempt(jar.load, text)
        attempt(jar.output)
        attempt(jar.js_output)
        each(repr, jar.values())
    jar = http.cookies.SimpleCookie({"a": "x y\x07é;"})
    for name, value in (
        ("path", "/"),
        ("expires", 3600),
        ("max-age", 5),
        ("secure", True),
        ("httponly", True),
        ("bad", 1),
    ):
        attempt(jar["a"].__setitem__, name, value)
    each(lambda key: jar.__setitem__(key, "v"), ("ok", "not ok", "path"))
    jar["a"].update({"domain": "d"})
    jar["a"].setdefault("version", "1")
    jar.output(["path", "domain"])
    table = mimetypes.MimeTypes()
    each(
        table.guess_type,
        (
            "a.tar.gz",
            "x.html",
            "data:,x",
            "data:text/x;base64,a",
            "http://h/a.png",
            "none",
            "a.tgz",
            "A.PY",
            "b.Z",
            "data:a",
        ),
    )
    table.guess_all_extensions("text/plain", strict=False)
    table.guess_extension("none/none")
    table.readfp(io.StringIO("# c\ntext/q q qq # more\nx/y\n"))


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_markup,
    drive_element_tree,
    drive_urls,
    drive_cookies_and_types,
)
