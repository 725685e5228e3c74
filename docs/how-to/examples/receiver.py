"""Take Wardline's webhooks: python receiver.py PORT SECRET_FILE."""

import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

SECRET = Path(sys.argv[2]).read_bytes().strip()
done = set()  # of a real platform: a table with a unique key, so that a restart forgets nothing


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sent = self.headers.get("Wardline-Timestamp", "0")
        signature = "v1=" + hmac.new(SECRET, sent.encode() + b"." + body, hashlib.sha256).hexdigest()
        genuine = hmac.compare_digest(signature.encode(), self.headers.get("Wardline-Signature", "").encode())
        if fresh_and_genuine := genuine and abs(time.time() - int(sent)) < 300:
            call = json.loads(body)
            request = (call["id"], call.get("reverse", False))
            if request not in done:
                # Here you hide, remove or restore the content, warn or suspend the account, undo one of these, or show a message.
                print(call.get("action") or call["message"], call["content_reference"], flush=True)
                done.add(request)
        self.send_response(204 if fresh_and_genuine else 403)
        self.end_headers()


HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
