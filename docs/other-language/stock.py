"""A shop's stock as a service in Python: takes part in transactions of others, and begins its own.

POST /take?goods=book&count=1     in the transaction of the header Assent-Transaction
POST /return?goods=book&count=1   begins one over both of its databases, and commits it
"""

import argparse
import logging
import signal
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import grpc
import psycopg2
from assent_agent import Agent, Outcome
from assent_branches import Database
from assent_names import Refused

HEADER = "Assent-Transaction"
TIMEOUT_SECONDS = 30


class Requests(BaseHTTPRequestHandler):
    timeout = 10  # for a caller that says nothing

    def do_POST(self):
        if not self.certified_service():
            return self.answer(403, "only services may call this one")
        url = urlsplit(self.path)
        given = dict(parse_qsl(url.query))
        tokens = self.headers.get_all(HEADER, [])
        try:
            if url.path == "/take" and len(tokens) == 1:
                self.take(tokens[0], given["goods"], int(given["count"]))
            elif url.path == "/return" and not tokens:
                self.give_back(given["goods"], int(given["count"]))
            else:
                self.answer(400, "no such request, or not one transaction")
        except Refused as refused:
            self.answer(503 if refused.retry else 403, str(refused))
        except psycopg2.Error as failed:
            self.answer(409, str(failed))
        except (KeyError, ValueError) as wrong:
            self.answer(400, f"missing or malformed: {wrong}")

    def take(self, token, goods, count):
        # The answer goes out behind the block: a caller that has it may ask for the commit at once.
        with self.server.agent.joined(token) as part:
            with part.branch(self.server.stock).cursor() as cursor:
                cursor.execute("update goods set count = count - %s where name = %s", (count, goods))
        if part.doomed():
            return self.answer(409, part.doomed())
        self.answer(200, "taken", joined=True)

    def give_back(self, goods, count):
        agent = self.server.agent
        part = agent.begin(TIMEOUT_SECONDS)
        try:
            with part.branch(self.server.stock).cursor() as cursor:
                cursor.execute("update goods set count = count + %s where name = %s", (count, goods))
            with part.branch(self.server.journal).cursor() as cursor:
                cursor.execute("insert into returned values (%s, %s)", (goods, count))
        except Exception as failed:
            agent.rollback(part, str(failed))
            raise
        outcome = agent.commit(part)
        self.answer(200 if outcome.kind == Outcome.COMMITTED else 409, Outcome.Kind.Name(outcome.kind))

    def certified_service(self):
        names = self.connection.getpeercert().get("subjectAltName", ())
        return any(kind == "URI" and name.startswith("assent:agent/") for kind, name in names)

    def answer(self, status, text, joined=False):
        body = (text + "\n").encode()
        self.send_response(status)
        if joined:
            self.send_header(HEADER, "joined")  # tells the caller that the work belongs to its transaction
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        logging.debug(format, *arguments)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", required=True, help="HOST:PORT,... of all coordinator nodes")
    parser.add_argument("--certificate", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--trust-nodes", type=Path, required=True, help="the authority of nodes, and of nobody else")
    parser.add_argument("--trust-services", type=Path, required=True, help="the authority of services")
    parser.add_argument("--stock", required=True, help="the database of goods, as libpq takes it")
    parser.add_argument("--journal", required=True, help="the database of what was returned")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(threadName)s %(message)s")

    stock, journal = Database("stock", given.stock), Database("journal", given.journal)
    # Read once: a renewed certificate is taken up by a restart.
    credentials = grpc.ssl_channel_credentials(
        given.trust_nodes.read_bytes(), given.key.read_bytes(), given.certificate.read_bytes()
    )
    agent = Agent("stock", given.nodes.split(","), credentials, [stock, journal])

    server = ThreadingHTTPServer(("127.0.0.1", given.port), Requests)
    server.agent, server.stock, server.journal = agent, stock, journal
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(given.certificate, given.key)
    context.load_verify_locations(given.trust_services)
    # The handshake is left to the request's own thread: who is slow at it holds up nobody.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"stock serves on {given.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
