"""PostgreSQL's side: a database under its name, and the branches that this process works in."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg2
from assent import coordinator_pb2 as wire
from assent_names import Refused, gid_of, xids_in

COMMANDS_AT_ONCE = 8  # of one database
COMMANDS_WAITING_MAX = 1_000  # of one database; more are refused
CAUSE_CHARS_MAX = 2_000
# Classes of SQLSTATE that leave open what became of a command: connections, operators, systems, bugs.
UNCLEAR = ("08", "57", "58", "XX")
UNDEFINED_OBJECT = "42704"

Vote = wire.VoteReply
Done = wire.CompletionReply


def cause_of(failed):
    return f"{type(failed).__name__}: {failed}".strip()[:CAUSE_CHARS_MAX]


class Database:
    """One database under the name that it has in all services. Threads of its own: one that hangs holds up no other."""

    def __init__(self, name, dsn):
        self.name = name
        self.identity = None
        self.unknown_because = "it has not answered yet"
        self.refusal = None
        self._dsn = dsn
        self._threads = ThreadPoolExecutor(COMMANDS_AT_ONCE, thread_name_prefix=name)
        self._room = threading.BoundedSemaphore(COMMANDS_WAITING_MAX)

    def run(self, work, *arguments):
        """Soon, on a thread of this database; false if too much waits already."""
        if not self._room.acquire(blocking=False):
            return False
        self._threads.submit(work, *arguments).add_done_callback(lambda _: self._room.release())
        return True

    def connect(self):
        connection = psycopg2.connect(self._dsn, connect_timeout=3, tcp_user_timeout=10_000)
        connection.autocommit = True  # BEGIN and the end are told by us, the driver adds nothing
        return connection

    @contextmanager
    def _cursor(self):
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def ask_identity(self):
        with self._cursor() as cursor:
            return self._identity(cursor)

    @staticmethod
    def _identity(cursor):
        """Word for word what services in Java say of the same database: one name, one identity."""
        cursor.execute(
            "select system_identifier, (select oid from pg_database where datname = current_database())"
            " from pg_control_system()"
        )
        return "PostgreSQL system {} database {}".format(*cursor.fetchone())

    def in_doubt(self):
        """Its identity and, asked on the same connection afterwards, what it holds prepared."""
        with self._cursor() as cursor:
            identity = self._identity(cursor)
            cursor.execute("select pg_is_in_recovery()")
            if cursor.fetchone()[0]:
                raise Refused("this server is a standby, which does not show what is prepared")
            cursor.execute("select gid from pg_prepared_xacts where database = current_database()")
            return identity, xids_in(gid for (gid,) in cursor)

    def end_prepared(self, command, gid):
        """COMMIT PREPARED or ROLLBACK PREPARED; over a connection of its own, so any process can do it."""
        try:
            with self._cursor() as cursor:
                cursor.execute(command + " %s", (gid,))
            return Done(kind=Done.DONE)  # only now: the server has it on disk
        except psycopg2.Error as failed:
            if failed.pgcode == UNDEFINED_OBJECT:
                return Done(kind=Done.NOT_KNOWN)  # never there, or ended before: the node knows which
            return Done(kind=Done.RETRY, cause=cause_of(failed))


WORKING, PREPARED, ENDED = "working", "prepared", "ended"


class Branch:
    """Work in one database, in one transaction, in this life of the process.

    Commands may come twice, late, and while an earlier one runs; the lock puts them in turn.
    """

    def __init__(self, part, database, bqual):
        self.database = database
        self.bqual = bqual
        self.gid = gid_of(part.gtrid.raw, bqual)
        self.state = WORKING
        self.enlisted = False
        self.connection = None
        self._part = part
        self._vote = None
        self._end = None
        self._lock = threading.Lock()

    def open(self):
        self.connection = self.database.connect()
        with self.connection.cursor() as cursor:
            cursor.execute("begin")

    def prepare(self):
        with self._lock:
            if self._vote is None:  # a repeated question hears the first answer
                self._vote = self._cast()
            return self._vote

    def _cast(self):
        objection = "the branch has ended here" if self.state == ENDED else self._part.objection()
        if objection:
            self._drop()
            return Vote(kind=Vote.ROLLBACK, cause=objection)
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("prepare transaction %s", (self.gid,))
                # In a transaction that has failed the server answers ROLLBACK, and no error.
                prepared = cursor.statusmessage == "PREPARE TRANSACTION"
        except psycopg2.Error as failed:
            self._drop()
            # Without an answer of the server it may be prepared all the same: no yes, and no certain no.
            unclear = failed.pgcode is None or failed.pgcode.startswith(UNCLEAR)
            return Vote(kind=Vote.UNCONFIRMED if unclear else Vote.ROLLBACK, cause=cause_of(failed))
        if not prepared:
            self._drop()
            return Vote(kind=Vote.ROLLBACK, cause="an earlier statement failed")
        self.state = PREPARED
        self.connection.close()
        return Vote(kind=Vote.PREPARED)  # only now: the server has it on disk

    def _drop(self):
        """Ends work that was never prepared: the server rolls it back when its connection is gone."""
        self.state = ENDED
        if self.connection is not None:
            with suppress(psycopg2.Error):
                self.connection.cancel()  # a statement that still runs would hold the close up
            self.connection.close()

    def commit(self):
        with self._lock:
            if self.state == WORKING:
                return Done(kind=Done.RETRY, cause="the branch was not prepared")
            return self._finish("commit prepared")

    def rollback(self):
        with self._lock:
            if self.state == WORKING:
                self._drop()
                self._end = Done(kind=Done.DONE)
            return self._finish("rollback prepared")

    def drop_unless_prepared(self):
        with self._lock:
            if self.state == WORKING:
                self._drop()
                self._end = Done(kind=Done.DONE)

    def _finish(self, command):
        """Once; what was answered is answered again, while the transaction is remembered here."""
        if self._end is not None:
            return self._end
        done = self.database.end_prepared(command, self.gid)
        if done.kind == Done.DONE:
            self.state = ENDED
            self._end = done
        return done
