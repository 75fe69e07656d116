------------------------ MODULE TwoPhaseCommitTrace ------------------------
(***************************************************************************)
(* Is a trace a behaviour of TwoPhaseCommit? Each line is an input or a     *)
(* command of the production machines, or a lasting effect on a resource or *)
(* on the store, and must be a step of the specification, or something that *)
(* the specification has sent by then. What recoverers and collectors only  *)
(* look at is in no trace; it is put in where their effects need it.        *)
(***************************************************************************)
EXTENDS TwoPhaseCommit, TraceData, Sequences, TLC

VARIABLES t, i

ASSUME \A n \in 1..Len(Traces) : TLCSet(n, 0)

TraceInit == Init /\ t \in 1..Len(Traces) /\ i = 1

Lasts == i <= Len(Traces[t])
Line == Traces[t][i]
Is(name) == Lasts /\ Line.ev = name
Value(v) == Line.v = v

Sent(what) == what /\ UNCHANGED vars

Inputs ==
  \/ Is("ask") /\ Ask
  \/ Is("giveUp") /\ (GiveUp \/ Sent(coord \notin {"working", "voting"}))
  \/ Is("voted") /\ Voted(Line.b, Line.v)
  \/ Is("answered") /\ Value(attempt) /\ Answered
  \/ Is("lost") /\ (LoseCreate \/ LoseRead)
  \/ Is("concluded") /\ Value(seen) /\ Conclude

Commands ==
  \/ Is("tellPrepare") /\ Sent(coord = "voting" /\ Line.b \in prepares)
  \/ Is("sendCreate") /\ SendCreate
  \/ Is("tellCommit") /\ Sent(coord = "committing" /\ Line.b \in Participants)
  \/ Is("tellRollback") /\ Sent(coord = "aborting")
  \/ Is("answer") /\ Value("committed") /\ (EndReadOnly \/ Sent(told = "committed"))
  \/ Is("answer") /\ Value("rolledback") /\ Sent(told = "rolledback")
  \/ Is("answer") /\ Value("unknown") /\ Sent(coord = "indoubt")

Effects ==
  \/ Is("prepare") /\ Prepare(Line.b, Line.v)
  \/ Is("fail") /\ Fail(Line.b)
  \/ Is("commit") /\ Commit(Line.b)
  \/ Is("rollback") /\ Rollback(Line.b)
  \/ Is("create") /\ Create
  \/ Is("read") /\ ReadRecord
  \/ Is("fence") /\ Fence
  \/ Is("abort") /\ record = "none" /\ (\E r \in Recoverers : Terminate(r)) /\ record' = "ABORT"
  \/ Is("delete") /\ (Release \/ GcDelete \/ GcDeleteAbort)

Unseen ==
  /\ Lasts /\ Line.ev \in {"commit", "rollback", "abort", "delete"}
  /\ \/ \E r \in Recoverers : Looking(r) \/ Obey(r) \/ (record # "none" /\ Terminate(r))
     \/ GcRead
     \/ \E b \in RM : GcScan(b)

TraceNext ==
  \/ (Inputs \/ Commands \/ Effects) /\ i' = i + 1 /\ UNCHANGED t
  \/ Unseen /\ UNCHANGED <<t, i>>

TraceSpec == TraceInit /\ [][TraceNext]_<<vars, t, i>>

(* Says how far each trace gets; one worker only. *)
Followed == IF i > TLCGet(t) THEN TLCSet(t, i) /\ PrintT(<<"REACHED", t, i - 1>>) ELSE TRUE
=============================================================================
