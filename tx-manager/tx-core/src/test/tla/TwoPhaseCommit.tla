-------------------------- MODULE TwoPhaseCommit --------------------------
(***************************************************************************)
(* Two-phase commit, presumed abort, its decision a create-once record in  *)
(* a replicated store; see docs/protocol/two-phase-commit.md.              *)
(*                                                                         *)
(* One transaction. Its coordinator may be fenced and go on not knowing    *)
(* it, and lose any answer; that it dies is that it takes no more steps.   *)
(* Recoverers work at any time, as slowly as they like. What was sent once *)
(* may arrive late and repeatedly, or never: messages are sets that only   *)
(* grow, and what is to be sent is sent at once. There is no clock: who    *)
(* suspects whom, and when, is free.                                       *)
(*                                                                         *)
(* A clause of the protocol can be dropped, one at a time. Safe must hold  *)
(* while none is, and must be broken by each that is; see Watch.           *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS
  RM,           \* the branches, one for each resource
  Recoverers,
  Votes,        \* what a branch may answer, other than no: prepared, readonly
  Clauses       \* the clauses that are dropped, each in behaviours of its own

VARIABLES
  dropped,      \* "none", or the clause that does not hold in this behaviour
  rm,           \* each branch, durably but for "working"
  replies,      \* the yes of a branch, on its way or arrived
  voted,        \* what the coordinator has heard
  coord,        \* the coordinator's phase
  attempt,      \* its request to create COMMIT: under way, or how it was answered
  refusal,      \* why an attempt was refused for certain
  tainted,      \* an attempt was not answered
  seen,         \* what its read of the record has found, on its way back
  told,         \* what the caller is told, if he is told how it ended
  prepares, commits, rollbacks,   \* the branches that were ever told so, by anybody
  epoch, record, mark,            \* the store
  decided,      \* every decision that was ever in the store: for the invariants only
  rec,          \* each recoverer, with one branch at a time
  gc            \* whoever collects the records of fenced epochs

coordinator == <<voted, coord, attempt, refusal, tainted, seen, told>>
messages == <<prepares, commits, rollbacks>>
store == <<epoch, record, mark, decided>>
vars == <<dropped, rm, replies, coordinator, messages, store, rec, gc>>

Holds(clause) == dropped # clause

Idle == [pc |-> "idle", b |-> "-", fenced |-> FALSE, mark |-> 0, seen |-> "?"]
NoGc == [pc |-> "idle", absent |-> {}]

Init ==
  /\ dropped \in Clauses \cup {"none"}
  /\ rm = [b \in RM |-> "working"]
  /\ replies = [b \in RM |-> "none"]
  /\ voted = [b \in RM |-> "none"]
  /\ coord = "working" /\ attempt = "none" /\ refusal = "none" /\ tainted = FALSE /\ seen = "?"
  /\ told = "nothing"
  /\ prepares = {} /\ commits = {} /\ rollbacks = {}
  /\ epoch = "live" /\ record = "none" /\ mark = 0 /\ decided = {}
  /\ rec = [r \in Recoverers |-> Idle]
  /\ gc = NoGc

Participants == {b \in RM : voted[b] = "prepared"}

-----------------------------------------------------------------------------
(* Resources. *)

Prepare(b, v) ==
  /\ b \in prepares
  /\ rm[b] = "working"
  /\ rm' = [rm EXCEPT ![b] = v]
  /\ replies' = [replies EXCEPT ![b] = v]
  /\ UNCHANGED <<dropped, coordinator, messages, store, rec, gc>>

(* It refuses; or its connection is gone, which work that is not prepared does not outlive. *)
Fail(b) ==
  /\ rm[b] = "working"
  /\ rm' = [rm EXCEPT ![b] = "aborted"]
  /\ UNCHANGED <<dropped, replies, coordinator, messages, store, rec, gc>>

Commit(b) ==
  /\ b \in commits
  /\ rm[b] = "prepared"
  /\ rm' = [rm EXCEPT ![b] = "committed"]
  /\ UNCHANGED <<dropped, replies, coordinator, messages, store, rec, gc>>

Rollback(b) ==
  /\ b \in rollbacks
  /\ rm[b] \in {"working", "prepared"}
  /\ rm' = [rm EXCEPT ![b] = "aborted"]
  /\ UNCHANGED <<dropped, replies, coordinator, messages, store, rec, gc>>

-----------------------------------------------------------------------------
(* The coordinator, as TwoPhaseCommit and DecisionWrite are stepped. *)

(* What it sends and may say on entering a phase. *)
Enter(phase) ==
  /\ coord' = phase
  /\ prepares' = IF phase = "voting" THEN RM ELSE prepares
  /\ commits' = IF phase = "committing" THEN commits \cup Participants ELSE commits
  /\ rollbacks' = IF phase = "aborting" THEN rollbacks \cup RM ELSE rollbacks
  /\ told' = CASE phase \in {"committing", "ended"} -> "committed"
               [] phase = "aborting" -> "rolledback"
               [] OTHER -> told

Ask ==
  /\ coord = "working"
  /\ Enter("voting")
  /\ UNCHANGED <<dropped, rm, replies, voted, attempt, refusal, tainted, seen, store, rec, gc>>

(* A vote that was lost counts as a no, and a no ends the voting. *)
Voted(b, v) ==
  /\ coord \in {"voting", "aborting"}
  /\ voted[b] = "none"
  /\ v = "no" \/ (v = replies[b] /\ v # "none")
  /\ voted' = [voted EXCEPT ![b] = v]
  /\ IF v = "no" /\ coord = "voting" THEN Enter("aborting") ELSE UNCHANGED <<coord, messages, told>>
  /\ UNCHANGED <<dropped, rm, replies, attempt, refusal, tainted, seen, store, rec, gc>>

(* The caller's wish, or the deadline. *)
GiveUp ==
  /\ coord \in {"working", "voting"}
  /\ Enter("aborting")
  /\ UNCHANGED <<dropped, rm, replies, voted, attempt, refusal, tainted, seen, store, rec, gc>>

SendCreate ==
  /\ coord = "voting"
  /\ Participants # {}
  /\ Holds("all have voted") => \A b \in RM : voted[b] \in {"prepared", "readonly"}
  /\ Enter("deciding") /\ attempt' = "flying"
  /\ UNCHANGED <<dropped, rm, replies, voted, refusal, tainted, seen, store, rec, gc>>

TellTooEarly ==
  /\ ~Holds("told once it is durable")
  /\ coord = "deciding"
  /\ commits' = commits \cup Participants
  /\ UNCHANGED <<dropped, rm, replies, coordinator, prepares, rollbacks, store, rec, gc>>

(* Nothing was changed, so nothing is to be decided. *)
EndReadOnly ==
  /\ coord = "voting"
  /\ \A b \in RM : voted[b] = "readonly"
  /\ Enter("ended")
  /\ UNCHANGED <<dropped, rm, replies, voted, attempt, refusal, tainted, seen, store, rec, gc>>

(* In the store: check the epoch named in the gtrid, create the record; all or nothing. *)
Create ==
  /\ attempt = "flying"
  /\ IF Holds("the epoch is checked") /\ epoch = "fenced"
       THEN attempt' = "epochRefused" /\ UNCHANGED <<record, decided>>
     ELSE IF record # "none"
       THEN attempt' = "exists" /\ UNCHANGED <<record, decided>>
     ELSE attempt' = "applied" /\ record' = "COMMIT" /\ decided' = decided \cup {"COMMIT"}
  /\ UNCHANGED <<dropped, rm, replies, voted, coord, refusal, tainted, seen, told, messages, epoch, mark, rec, gc>>

(* The request is lost, or its answer; what is read next is read when it cannot arrive any more. *)
LoseCreate ==
  /\ coord = "deciding"
  /\ attempt # "none"
  /\ attempt' = "none"
  /\ tainted' = (tainted \/ refusal = "none")
  /\ Enter("reading") /\ seen' = "?"
  /\ UNCHANGED <<dropped, rm, replies, voted, refusal, store, rec, gc>>

Answered ==
  /\ coord = "deciding"
  /\ attempt \in {"applied", "epochRefused", "exists"}
  /\ Enter(IF attempt = "applied" THEN "committing" ELSE "reading")
  /\ refusal' = CASE attempt = "epochRefused" -> "epoch" [] attempt = "exists" -> "record" [] OTHER -> refusal
  /\ attempt' = "none" /\ seen' = "?"
  /\ UNCHANGED <<dropped, rm, replies, voted, tainted, store, rec, gc>>

ReadRecord ==
  /\ coord = "reading" /\ seen = "?"
  /\ seen' = record
  /\ UNCHANGED <<dropped, rm, replies, voted, coord, attempt, refusal, tainted, told, messages, store, rec, gc>>

LoseRead ==
  /\ coord = "reading"
  /\ seen' = "?"
  /\ tainted' = (tainted \/ refusal = "none")
  /\ UNCHANGED <<dropped, rm, replies, voted, coord, attempt, refusal, told, messages, store, rec, gc>>

Conclude ==
  /\ coord = "reading" /\ seen # "?"
  /\ Enter(CASE seen = "COMMIT" -> "committing"
             [] seen = "ABORT" -> "aborting"
             [] seen = "none" /\ refusal = "none" -> "deciding"
             [] OTHER -> IF tainted /\ Holds("not answered is unknown") THEN "indoubt" ELSE "aborting")
  /\ attempt' = IF seen = "none" /\ refusal = "none" THEN "flying" ELSE "none"
  /\ seen' = "?"
  /\ UNCHANGED <<dropped, rm, replies, voted, refusal, tainted, store, rec, gc>>

Delete ==
  /\ record' = "none"
  /\ mark' = IF Holds("deleting moves the mark") THEN mark + 1 ELSE mark
  /\ UNCHANGED <<epoch, decided>>

(* After every branch has ended; with the mark in the same multi. *)
Release ==
  /\ coord \in {"committing", "aborting"}
  /\ coord = "committing" /\ Holds("deleted after all have ended") => \A b \in Participants : rm[b] # "prepared"
  /\ record # "none"
  /\ Delete
  /\ UNCHANGED <<dropped, rm, replies, coordinator, messages, rec, gc>>

-----------------------------------------------------------------------------
(* Recovery of a branch that a scan shows prepared: RecoveryPlan. *)

Fence ==
  /\ epoch = "live"
  /\ epoch' = "fenced"
  /\ UNCHANGED <<dropped, rm, replies, coordinator, messages, record, mark, decided, rec, gc>>

Step(r, next) ==
  /\ rec' = [rec EXCEPT ![r] = next]
  /\ UNCHANGED <<dropped, rm, replies, coordinator, gc>>

Census(r) ==
  /\ rec[r].pc = "idle"
  /\ Step(r, [Idle EXCEPT !.pc = "census", !.fenced = (epoch = "fenced")])
  /\ UNCHANGED <<messages, store>>

ReadMark(r) ==
  /\ rec[r].pc = IF Holds("the mark is read before the scan") THEN "census" ELSE "found"
  /\ ~rec[r].fenced
  /\ Step(r, [rec[r] EXCEPT !.pc = IF @ = "census" THEN "marked" ELSE "act", !.mark = mark])
  /\ UNCHANGED <<messages, store>>

(* It goes on only with a branch that is prepared. *)
Scan(r, b) ==
  LET fromCensus == rec[r].fenced \/ ~Holds("the mark is read before the scan") IN
  /\ rec[r].pc = IF fromCensus THEN "census" ELSE "marked"
  /\ rm[b] = "prepared"
  /\ Step(r, [rec[r] EXCEPT !.b = b, !.pc = IF fromCensus THEN "found" ELSE "act"])
  /\ UNCHANGED <<messages, store>>

(* The fenced epoch's record, read after the fence; or, with that clause dropped, before. *)
ReadFenced(r) ==
  /\ rec[r].pc = "found" /\ rec[r].fenced
  /\ Step(r, [rec[r] EXCEPT !.pc = "obey", !.seen = record])
  /\ UNCHANGED <<messages, store>>

ReadTooEarly(r, b) ==
  /\ ~Holds("fenced, then read")
  /\ rec[r].pc = "idle" /\ epoch = "live" /\ rm[b] = "prepared"
  /\ Step(r, [Idle EXCEPT !.pc = "early", !.b = b, !.seen = record])
  /\ UNCHANGED <<messages, store>>

FencedAfterwards(r) ==
  /\ rec[r].pc = "early" /\ epoch = "fenced"
  /\ Step(r, [rec[r] EXCEPT !.pc = "obey"])
  /\ UNCHANGED <<messages, store>>

Tell(b, decision) ==
  /\ commits' = IF decision = "COMMIT" THEN commits \cup {b} ELSE commits
  /\ rollbacks' = IF decision = "COMMIT" THEN rollbacks ELSE rollbacks \cup {b}
  /\ UNCHANGED prepares

Obey(r) ==
  /\ rec[r].pc = "obey"
  /\ Tell(rec[r].b, rec[r].seen)
  /\ Step(r, Idle)
  /\ UNCHANGED store

(* Live epoch: ABORT only if nothing is decided, and nothing was deleted since the mark was read. *)
Terminate(r) ==
  /\ rec[r].pc = "act"
  /\ IF record # "none"
       THEN Tell(rec[r].b, record) /\ UNCHANGED store
     ELSE IF Holds("abort checks the mark") /\ mark # rec[r].mark
       THEN UNCHANGED <<messages, store>>
     ELSE /\ record' = "ABORT" /\ decided' = decided \cup {"ABORT"}
          /\ Tell(rec[r].b, "ABORT")
          /\ UNCHANGED <<epoch, mark>>
  /\ Step(r, Idle)

Presume(r) ==
  /\ ~Holds("presumed only when fenced")
  /\ rec[r].pc = "act" /\ record = "none"
  /\ Tell(rec[r].b, "ABORT")
  /\ Step(r, Idle)
  /\ UNCHANGED store

-----------------------------------------------------------------------------
(* Collection of what fenced epochs left: GarbagePlan. *)

GcStep(next) ==
  /\ gc' = next
  /\ UNCHANGED <<dropped, rm, replies, coordinator, messages, rec>>

GcRead ==
  /\ gc.pc = "idle" /\ epoch = "fenced" /\ record = "COMMIT"
  /\ GcStep([gc EXCEPT !.pc = "asked"])
  /\ UNCHANGED store

(* Absent from a scan that was begun after the record was read. *)
GcScan(b) ==
  /\ gc.pc = "asked" \/ ~Holds("scanned after the record was read")
  /\ rm[b] # "prepared" /\ b \notin gc.absent
  /\ GcStep([gc EXCEPT !.absent = @ \cup {b}])
  /\ UNCHANGED store

GcDelete ==
  /\ gc.pc = "asked" /\ record = "COMMIT"
  /\ Participants \subseteq gc.absent
  /\ Delete
  /\ GcStep(NoGc)

GcDeleteAbort ==
  /\ record = "ABORT"
  /\ epoch = "fenced" \/ ~Holds("ABORT is kept while the epoch lives")
  /\ Delete
  /\ GcStep(gc)

-----------------------------------------------------------------------------

Coordinator ==
  \/ Ask \/ GiveUp \/ SendCreate \/ TellTooEarly \/ EndReadOnly \/ LoseCreate \/ Answered \/ ReadRecord \/ LoseRead
  \/ Conclude \/ Release
  \/ \E b \in RM, v \in Votes \cup {"no"} : Voted(b, v)

Resources ==
  \/ \E b \in RM : Fail(b) \/ Commit(b) \/ Rollback(b)
  \/ \E b \in RM, v \in Votes : Prepare(b, v)

(* What a recoverer does by itself, before anything comes of it. *)
Looking(r) ==
  Census(r) \/ ReadMark(r) \/ ReadFenced(r) \/ FencedAfterwards(r) \/ \E b \in RM : Scan(r, b) \/ ReadTooEarly(r, b)

Recovery == Fence \/ \E r \in Recoverers : Looking(r) \/ Obey(r) \/ Terminate(r) \/ Presume(r)

Collection == GcRead \/ GcDelete \/ GcDeleteAbort \/ \E b \in RM : GcScan(b)

Next == Create \/ Coordinator \/ Resources \/ Recovery \/ Collection

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* What must hold. *)

OneOutcome == ~\E a, b \in RM : rm[a] = "committed" /\ rm[b] = "aborted"
OneDecision == Cardinality(decided) <= 1
DurableFirst == (\E b \in RM : rm[b] = "committed") => "COMMIT" \in decided
ToldTheTruth ==
  /\ told = "committed" => \A b \in RM : rm[b] # "aborted"
  /\ told = "rolledback" => \A b \in RM : rm[b] # "committed"

Safe == OneOutcome /\ OneDecision /\ DurableFirst /\ ToldTheTruth

=============================================================================
