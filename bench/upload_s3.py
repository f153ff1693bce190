"""Uploads into a bucket (figure 4, S3)

200 MB received over HTTP, hashed, sealed and put part by part into an S3 server before they are *received*, against the
same bytes put there by obstore, the library that the portal uses: as one object, and as 200 objects of a part's size one
after the other. One at a time, interleaved, medians; the bucket is emptied after each.

The server is moto's: Python, in memory, on the same two cores as sender and portal. It says what the portal adds to its
store, not what a store can do, and no other store's rate follows from it. The portal asks a store twice for each part:
it puts only what is not there yet, with a SHA-256 for it to check, and asks for size and tag before the part
counts. The plain puts do neither, and keep no row.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import obstore
from obstore.store import S3Store

from bench import Row, ratio
from bench._served import a_firm, portal, requests_out
from bench.upload import MB, ROUNDS, SIZE, Uploads, _seconds
from tests.files.buckets import new_bucket, s3_server
from tests.files.tools import pdf

PART = MB


def measure() -> list[Row]:
    """One portal and one S3 server for all rounds."""
    with tempfile.TemporaryDirectory(prefix="bench-upload-s3-") as name, s3_server() as url:
        folder, bucket = Path(name), new_bucket(url)
        (folder / "data").mkdir()
        body = folder / "body.pdf"
        body.write_bytes(pdf(8 * MB) * (SIZE // (8 * MB)))
        world = a_firm(folder / "data")
        world.change(world.firm, task_total_mb=200)
        about = {
            "PORTAL_S3_BUCKET": bucket,
            "PORTAL_S3_ENDPOINT": url,
            "PORTAL_S3_KEY": "test",
            "PORTAL_S3_SECRET": "test",
        }
        people = requests_out(world, ROUNDS + 1, tasks=1)
        with portal(world, about) as server:
            rows = _alone(Uploads(server, body, people), _bucket(url, bucket))
        world.engine.dispose()
    return rows


def _bucket(url: str, name: str) -> S3Store:
    return S3Store(
        name,
        endpoint=url,
        region="us-east-1",
        access_key_id="test",
        secret_access_key="test",  # noqa: S106 (moto checks none)
        client_options={"allow_http": True},
    )


def _alone(uploads: Uploads, bucket: S3Store) -> list[Row]:
    body = uploads.body.read_bytes()
    runs: list[tuple[float, float, float]] = []
    for number in range(ROUNDS + 1):
        place, cookie = uploads.begin()
        run = (
            _seconds(lambda: obstore.put(bucket, "plain/whole", body)),
            _seconds(lambda: _in_parts(bucket, body)),
            _seconds(lambda where=place, who=cookie: _received(uploads, where, who)),
        )
        _empty(bucket)
        if number:  # the first one warms all three
            runs.append(run)
    whole, parts, ours = (SIZE / MB / statistics.median(run[which] for run in runs) for which in range(3))
    return [
        Row(
            "200 MB, of one plain put's rate",
            f"{ours:.0f} MB/s, {ratio(ours, whole)}",
            f"obstore, one object (multipart, as it chooses): {whole:.0f} MB/s",
            "",
            None,
        ),
        Row(
            "200 MB, of plain puts' rate",
            f"{ours:.0f} MB/s, {ratio(ours, parts)}",
            f"obstore, 200 objects of 1 MiB one after the other: {parts:.0f} MB/s",
            "",
            None,
        ),
    ]


def _received(uploads: Uploads, place: str, cookie: str) -> None:
    if not uploads.bring(place, cookie):
        raise RuntimeError("an upload was refused")


def _in_parts(bucket: S3Store, body: bytes) -> None:
    whole = memoryview(body)
    for start in range(0, len(body), PART):
        obstore.put(bucket, f"plain/{start}", whole[start : start + PART], use_multipart=False)


def _empty(bucket: S3Store) -> None:
    for page in obstore.list(bucket):
        for item in page:
            obstore.delete(bucket, item["path"])
