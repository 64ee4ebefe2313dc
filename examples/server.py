"""The shop that examples/deploy.sh starts: it takes its settings from the environment and answers on /health."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

NEEDED = ("DATABASE_URL", "SESSION_SECRET", "SMTP_PASSWORD", "STRIPE_SECRET_KEY", "JWT_SIGNING_KEY")


class Shop(BaseHTTPRequestHandler):
    """Answers /health with the names of the settings, never with their values."""

    def do_GET(self) -> None:
        """One answer for all of them: 200 on /health, 404 elsewhere."""
        healthy = self.path == "/health"
        body = json.dumps({"settings": NEEDED} if healthy else {"error": "not found"}).encode()
        self.send_response(200 if healthy else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Keep quiet."""


def main() -> None:
    """Serve on 127.0.0.1, port $PORT or 8080; end with status 1 where a setting is missing."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        sys.exit(f"shop: not set: {', '.join(missing)}")
    HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Shop).serve_forever()


if __name__ == "__main__":
    main()
