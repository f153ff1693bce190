"""Row 41: what a file is, by name and by content."""

from __future__ import annotations

import pytest

from portal_app.domain import uploads
from portal_app.domain.uploads import MB, Limits, Refused

LIMITS = Limits(largest_file=200 * MB, task_total=500 * MB)
PE = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(50) + b"PE\0\0"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def zipped(first: bytes) -> bytes:
    """The start of a zip whose first entry is `first`."""
    header = b"PK\x03\x04" + bytes(22) + len(first).to_bytes(2, "little") + bytes(2)
    return header + first + bytes(200)


TAKEN = [
    ("a.pdf", b"%PDF-1.7\n"),
    ("a.pdf", b"\n\n%PDF-1.4\n"),
    ("a.pdf", b"\xef\xbb\xbf%PDF-1.4\n"),
    ("a.PDF", b"received: by mail\r\n\r\n%PDF-1.4\n"),
    ("a.png", PNG),
    ("a.jpg", JPEG),
    ("a.jpg", HEIC),
    ("a.heic", HEIC),
    ("a.heic", JPEG),
    ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 "),
    ("a.tif", b"II*\0\x08\0\0\0"),
    ("a.gif", b"GIF89a\x01\0"),
    ("a.docx", zipped(b"[Content_Types].xml")),
    ("a.docx", zipped(b"word/document.xml")),
    ("a.xlsx", zipped(b"_rels/.rels")),
    ("a.xlsx", OLE),
    ("a.ods", zipped(b"mimetype")),
    ("a.zip", zipped(b"any/thing.txt")),
    ("a.doc", OLE),
    ("a.xls", b"\x09\x08\x10\0\0\x06"),
    ("a.msg", OLE),
    ("a.csv", b"date;montant\n2026-03-01;12,00\n"),
    ("a.csv", b"MZ;nom\n1;Gagnon\n"),
    ("a.txt", b"plain words"),
    ("a.xml", b'<?xml version="1.0"?><Submission><title>T619</title></Submission>'),
    ("a.xml", b'<?xml version="1.0"?><Table><Row/></Table>'),
    ("a.qbo", b"OFXHEADER:100\r\nDATA:OFXSGML\r\n"),
    ("a.ofx", b'<?xml version="1.0"?><?OFX OFXHEADER="200"?><OFX></OFX>'),
    ("a.p7m", b"\x30\x82\x1a\x2b"),
    ("a.qbw", b"\x5e\xba\x7a\xda"),
    ("no ending", b"\x01\x02"),
    ("a.mp4", MP4),
]

REFUSED = [
    ("a.exe", b""),
    ("a.pdf.exe", b""),
    ("a.js", b""),
    ("a.ps1", b""),
    ("a.html", b""),
    ("a.svg", b""),
    ("a.scr", b""),
    ("a.lnk", b""),
    ("a.pdf", PE),
    ("a.dat", PE),
    ("a.txt", b"\x7fELF\x02\x01"),
    ("a.txt", b"\xcf\xfa\xed\xfe\x07"),
    ("a.txt", b"#!/bin/sh\nrm -rf /\n"),
    ("a.txt", b"<?php system($_GET[0]);"),
    ("a.txt", b"@echo off\r\n"),
    ("a.pdf", b"<!DOCTYPE html><html>"),
    ("a.pdf", b"<html>\n%PDF-1.4\n"),
    ("a.txt", b"\xff\xfe" + "<html><script>".encode("utf-16-le")),
    ("a.txt", b"  <!-- x --> <script>alert(1)</script>"),
    ("a.xml", b'<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg">'),
    ("a.xml", b'<?xml version="1.0"?><s:svg xmlns:s="http://www.w3.org/2000/svg">'),
    ("a.xml", b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y"><svg>'),
    ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()">'),
    ("a.pdf", b"GIF89a\x01\0%PDF-1.4"),
    ("a.pdf", zipped(b"x") + b"%PDF-1.4"),
    ("a.pdf", b"x" * 1100 + b"%PDF-1.4"),
    ("a.pdf", b"just words"),
    ("a.jpg", b"%PDF-1.7\n"),
    ("a.heic", MP4),
    ("a.docx", zipped(b"evil/first.bin")),
    ("a.docx", b"plain"),
    ("a.xlsx", zipped(b"word/document.xml")),
    ("a.zip", b"Rar!\x1a\x07\0"),
    ("a.xml", b"not xml"),
]


@pytest.mark.parametrize(("name", "head"), TAKEN, ids=range(len(TAKEN)))
def test_asvs_41_documents_are_taken_as_they_are(name: str, head: bytes) -> None:
    uploads.check_start(name, len(head), LIMITS, 0)
    uploads.check_head(name, head, LIMITS)


@pytest.mark.parametrize(("name", "head"), REFUSED, ids=range(len(REFUSED)))
def test_asvs_41_programs_pages_and_disguises_are_refused(name: str, head: bytes) -> None:
    def check() -> None:
        uploads.check_start(name, 1, LIMITS, 0)
        uploads.check_head(name, head, LIMITS)

    with pytest.raises(Refused) as refused:
        check()
    assert refused.value.status == 415
    assert name in refused.value.text


def test_a_firm_chooses_what_it_refuses() -> None:
    open_to_all = Limits(200 * MB, 500 * MB, refused_kinds=("zip",))

    uploads.check_start("a.exe", 1, open_to_all, 0)
    with pytest.raises(Refused, match="Files of this kind are refused"):
        uploads.check_start("a.zip", 1, open_to_all, 0)
