"""The formats to fuzz, and the words of each format's grammar."""

from collections.abc import Mapping

SUFFIXES: Mapping[str, str] = {"pdf": ".pdf", "jats": ".xml", "html": ".html", "markdown": ".md", "plain": ".txt"}

_FRONT = b"Authors: |Title: |DOI: 10.1000/|PMID: 1|Keywords: |\xc2\xa9 2020|2020-01-02|Abstract|References|Received: "
_ODD = "\x00|\x1b[31m|\x7f|\x85|\x9b|\xa0|\u00ad|\u200b|\u2028|\ufeff|-\n|\f|𝔘|ﬁ".encode()

_WORDS: Mapping[str, bytes] = {
    "pdf": b"%PDF-|obj|endobj|stream\n|endstream|xref|trailer|startxref|BT |ET |Tj |TJ |Td |TD |Tm |T* |' |\" |Tf |Tc |"
    b"Tw |Tz |TL |Tr |Ts |cm |q |Q |Do |BI |ID |EI |BDC |BMC |EMC |1 0 R|null|true|9e99|-1|.5|<<|>>|[|]|(|)|/Type|"
    b"/Page|/Pages|/Kids|/Count|/Parent|/Contents|/Resources|/Font|/XObject|/Subtype|/Type0|/Type1|/Type3|/TrueType|"
    b"/BaseFont|/Widths|/Encoding|/Differences|/ToUnicode|/DescendantFonts|/FirstChar|/W|/DW|/Filter|/FlateDecode|"
    b"/ASCIIHexDecode|/Prev|/ASCII85Decode|/LZWDecode|/RunLengthDecode|/DecodeParms|/Length|/ObjStm|/XRef|/Index|/Size|/Root|/Info|/Title|"
    b"/Author|/Encrypt|/Rotate|/MediaBox|/Form|/Matrix|beginbfchar|endbfchar|beginbfrange|endbfrange|<d800>|\xfe\xff|"
    b"begincodespacerange|endcodespacerange|\\777|/Identity-H",
    "jats": b"<p>|<sec>|<title>|<label>|<fig>|<caption>|<list>|<table>|<tr>|<td>|<xref>|<ref>|<name>|<year>|</p>|"
    b"</sec>|</title>|</label>|</fig>|</caption>|</list>|</table>|</tr>|</td>|</xref>|</ref>|</name>|</year>|"
    b" rid='| id='| ref-type='bibr'| pub-id-type='doi'| date-type='| iso-8601-date='| xlink:href='|&#10;|"
    b"&#155;|&alpha;|&#x85;|<![CDATA[|]]>|<!--|-->|<?x?>|<!DOCTYPE article [|<!ENTITY a 'b'>|&a;|xmlns='|xml:space='|"
    + _ODD,
    "html": b"<p>|<div>|<h1>|<h7>|<ul>|<li>|<table>|<tr>|<td>|<figure>|<figcaption>|<pre>|<b>|<svg>|<math>|<form>|</p>|"
    b"</div>|</h1>|</ul>|</li>|</table>|</tr>|</td>|</figure>|</figcaption>|</pre>|</b>|</html>|</body>|</script>|"
    b'<meta name="author" content="|<script type="application/ld+json">|"@type":"Article"|"\\ud800"|"\\u0000"|{|}|[|]|'
    b'"keywords":["|"author":|"name":|"url":|"@graph":|null|1e999|&#0;|&#xd800;|&nbsp;|<!--|-->|' + _ODD,
    "markdown": b"# |## |- |1. |> |```|~~~|    |\n\n|***|**|*|_|`|[|](|)|![|<br>|<div>|</div>|<script>|<!--|-->|\\|"
    b"&amp;|===|---|:-:|[r]: u|&#0;|&#xd800;|&#155;|<a@b.c>|<?|<![CDATA[|]]>|<!X|" + _FRONT + b"|" + _ODD,
    "plain": b"\n\n|\n|\r|- |. |: |1.1 |Text: |Introduction|\\\n|[1] |\xff\xfe|\xfe\xff|\xef\xbb\xbf|\x81|%PDF-|<html>|"
    + _FRONT
    + b"|"
    + _ODD,
}
TOKENS: Mapping[str, list[bytes]] = {name: words.split(b"|") for name, words in _WORDS.items()}


def dictionary(name: str) -> str:
    """A format's words in libFuzzer's form."""
    words = ("".join(f"\\x{byte:02x}" for byte in token) for token in TOKENS[name])
    return "".join(f'"{word}"\n' for word in words)
