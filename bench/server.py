"""An AWS of precomputed answers on loopback, in a process of its own: ``python -m bench.server [--latency MS]``.

It prints its URL (and, with ``--tls``, the file with its authority's certificate) and serves until its standard input
ends. The answers come from ``bench.answers``: a module there that has a ``TARGET`` is a service that speaks JSON, found
by the first half of a request's ``X-Amz-Target``; everything else is S3. What is uploaded is read, counted, forgotten.

It checks no signature and throttles nothing: what is measured is the client.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import ssl
import sys
import tempfile
import zlib
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from bench.answers import s3, speakers
from bench.answers.s3 import BLOCK

_MODIFIED = "Thu, 22 Oct 2026 09:30:00 GMT"
_REQUEST_ID = "x-amz-request-id: BENCHMARK0000000\r\nx-amz-id-2: bench\r\nServer: bench\r\n"
_JSON = "x-amzn-RequestId: BENCHMARK0000000\r\nContent-Type: application/x-amz-json-1.1\r\nx-amz-crc32: {}\r\n"
_SPEAKERS = speakers()


class Connection:
    """One client connection: requests one after the other until it closes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, latency: float) -> None:
        self.reader, self.writer, self.latency = reader, writer, latency

    async def serve(self) -> None:
        try:
            while head := await self.reader.readuntil(b"\r\n\r\n"):
                await self.answer(head.decode("latin-1"))
                await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client is done
        finally:
            self.writer.close()

    async def answer(self, head: str) -> None:
        first, _, rest = head.partition("\r\n")
        method, target, _version = first.split(" ", 2)
        lines = (line.partition(":") for line in rest.split("\r\n") if line)
        headers = {name.lower(): value.strip() for name, _, value in lines}
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if headers.get("expect", "").lower() == "100-continue":
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        service, _, operation = headers.get("x-amz-target", "").partition(".")
        request = await self.reader.readexactly(int(headers["content-length"])) if service else b""
        digest = "" if service else await self.read_body(headers)
        if self.latency:
            await asyncio.sleep(self.latency)
        if service:
            body = _SPEAKERS[service](operation, json.loads(request or b"{}"))
            self.head("200 OK", len(body), _JSON.format(zlib.crc32(body)))
            self.writer.write(body)
        elif method in ("GET", "HEAD") and key:
            await self.send_object(method, bucket, headers)
        elif method == "GET":
            self.send(s3.listing(bucket, query))
        elif method == "HEAD":
            self.send(b"", extra="x-amz-bucket-region: us-east-1\r\n")
        elif method == "POST":
            self.send(s3.posted(query, bucket, key))
        elif "if-match" in headers:  # nothing is here that could match
            error = b"<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>"
            self.head("412 Precondition Failed", len(error), "Content-Type: application/xml\r\n")
            self.writer.write(error)
        else:
            self.send(b"", extra=f'ETag: "{digest}"\r\n')

    async def read_body(self, headers: dict[str, str]) -> str:
        """Read the request's body and return its MD5, as S3 puts it into ``ETag``; big ones are only counted."""
        digest = hashlib.md5(usedforsecurity=False)
        if headers.get("transfer-encoding") == "chunked":
            while size := int((await self.reader.readline()).split(b";")[0], 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readline()
        left = int(headers.get("content-length", 0))
        small = left <= 1 << 20
        while left:
            data = await self.reader.read(min(left, 1 << 20))
            if not data:
                raise ConnectionResetError
            left -= len(data)
            if small:
                digest.update(data)
        return digest.hexdigest()

    async def send_object(self, method: str, bucket: str, headers: dict[str, str]) -> None:
        size = int(bucket.partition("-")[2] or -1)
        if size < 0:
            self.head("404 Not Found", 0, "")
            return
        start, end = 0, size
        status, extra = "200 OK", ""
        if (asked := headers.get("range", "")).startswith("bytes="):
            low, _, high = asked[6:].partition("-")
            start, end = int(low), min(int(high) + 1, size) if high else size
            status, extra = "206 Partial Content", f"Content-Range: bytes {start}-{end - 1}/{size}\r\n"
        about = f"ETag: {s3.etag(size)}\r\nLast-Modified: {_MODIFIED}\r\nAccept-Ranges: bytes\r\n{extra}"
        self.head(status, end - start, f"Content-Type: application/octet-stream\r\n{about}")
        if method == "HEAD":
            return
        while start < end:
            offset = start % len(BLOCK)
            count = min(len(BLOCK) - offset, end - start)
            self.writer.write(BLOCK[offset : offset + count])
            start += count
            await self.writer.drain()

    def send(self, body: bytes, extra: str = "") -> None:
        kind = "Content-Type: application/xml\r\n" if body else ""
        self.head("200 OK", len(body), kind + extra)
        self.writer.write(body)

    def head(self, status: str, length: int, extra: str) -> None:
        self.writer.write(f"HTTP/1.1 {status}\r\n{_REQUEST_ID}{extra}Content-Length: {length}\r\n\r\n".encode())


async def serve(latency: float, certificate: ssl.SSLContext | None, authority: str) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Connection(reader, writer, latency).serve()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=certificate, limit=1 << 22, backlog=512)
    scheme = "https" if certificate else "http"
    print(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}", authority, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS")
    parser.add_argument("--tls", action="store_true")
    options = parser.parse_args()
    context, authority = None, ""
    if options.tls:
        import trustme

        ca = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        authority = str(Path(tempfile.mkdtemp(prefix="bench-")) / "ca.pem")
        ca.cert_pem.write_to_path(authority)
    asyncio.run(serve(options.latency / 1000, context, authority))


if __name__ == "__main__":
    main()
