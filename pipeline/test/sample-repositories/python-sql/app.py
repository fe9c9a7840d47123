"""Tide table: heights by harbour. Needs nothing but Python."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tides import heights


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            self.answer(200, {"ok": True})
        elif self.path == "/version":
            self.answer(200, {"sha": os.environ.get("SLIPWAY_SHA", "unknown")})
        elif self.path.startswith("/api/heights/"):
            harbour = self.path.removeprefix("/api/heights/")
            found = heights(harbour)
            self.answer(200 if found else 404, {"harbour": harbour, "heights": found})
        else:
            self.answer(404, {"error": "not found"})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
