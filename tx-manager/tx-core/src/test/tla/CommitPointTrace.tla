-------------------------- MODULE CommitPointTrace --------------------------
(***************************************************************************)
(* Is a trace a behaviour of CommitPoint? As in TwoPhaseCommitTrace each    *)
(* line must be a step of the specification, or something that it has sent  *)
(* by then; what terminators and collectors only look at is put in.         *)
(***************************************************************************)
EXTENDS CommitPoint, TraceData, Sequences, TLC

VARIABLES t, i

ASSUME \A n \in 1..Len(Traces) : TLCSet(n, 0)

TraceInit == Init /\ t \in 1..Len(Traces) /\ i = 1

Lasts == i <= Len(Traces[t])
Line == Traces[t][i]
Is(name) == Lasts /\ Line.ev = name
Value(v) == Line.v = v

Sent(what) == what /\ UNCHANGED vars

Undecided == coord \in {"working", "voting"}

Inputs ==
  \/ Is("ask") /\ (Ask \/ Sent(~Undecided))
  \/ Is("giveUp") /\ (GiveUp \/ Sent(~Undecided))
  \/ Is("voted") /\ (Voted(Line.b) \/ Sent(coord = "aborting" /\ Line.b \in replies))
  \/ Is("answered") /\ ((Value(answer) /\ Answered) \/ (Value("lost") /\ LoseAnswer))
  \/ Is("rowFound") /\ Value(found) /\ RowFound
  \/ Is("epochLooked") /\ Value(found) /\ EpochLooked
  \/ Is("notTold") /\ NotTold

Commands ==
  \/ Is("tellPrepare") /\ Sent(coord = "voting" /\ Line.b \in prepares)
  \/ Is("decide") /\ Decide
  \/ Is("tellCommit") /\ Sent(coord = "committing" /\ Line.b \in RM)
  \/ Is("tellRollback") /\ Sent(coord = "aborting")
  \/ Is("answer") /\ Value("committed") /\ Sent(told = "committed")
  \/ Is("answer") /\ Value("rolledback") /\ Sent(told = "rolledback")
  \/ Is("answer") /\ Value("unknown") /\ Sent(coord = "indoubt")

Effects ==
  \/ Is("assign") /\ (Assign \/ Sent(assigned))
  \/ Is("pointFails") /\ PointFails
  \/ Is("through") /\ CommitThrough
  \/ Is("findOut") /\ FindOut
  \/ Is("look") /\ LookAtEpoch
  \/ Is("prepare") /\ Prepare(Line.b)
  \/ Is("fail") /\ Fail(Line.b)
  \/ Is("commit") /\ Commit(Line.b)
  \/ Is("rollback") /\ Rollback(Line.b)
  \/ Is("fence") /\ Fence
  \/ Is("terminate") /\ \E r \in Recoverers : Terminate(r)
  \/ Is("delete") /\ (Release \/ GcDelete \/ GcDeleteAbort)

Unseen ==
  /\ Lasts /\ Line.ev \in {"commit", "rollback", "terminate", "delete"}
  /\ \/ \E r \in Recoverers : (\E b \in RM : Scan(r, b)) \/ (row # "none" /\ Terminate(r))
     \/ GcRead
     \/ \E b \in RM : GcScan(b)

TraceNext ==
  \/ (Inputs \/ Commands \/ Effects) /\ i' = i + 1 /\ UNCHANGED t
  \/ Unseen /\ UNCHANGED <<t, i>>

TraceSpec == TraceInit /\ [][TraceNext]_<<vars, t, i>>

(* Says how far each trace gets; one worker only. *)
Followed == IF i > TLCGet(t) THEN TLCSet(t, i) /\ PrintT(<<"REACHED", t, i - 1>>) ELSE TRUE
=============================================================================
