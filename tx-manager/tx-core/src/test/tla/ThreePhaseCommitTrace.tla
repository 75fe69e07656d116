----------------------- MODULE ThreePhaseCommitTrace -----------------------
(***************************************************************************)
(* Is a trace a behaviour of ThreePhaseCommit? As in TwoPhaseCommitTrace    *)
(* each line must be a step of the specification, or something that follows *)
(* from where it is. The specification draws the votes beforehand; here    *)
(* they are seen: one counts when its branch is prepared, and a preCommit   *)
(* needs all.                                                              *)
(***************************************************************************)
EXTENDS ThreePhaseCommit, TraceData, Sequences, TLC

VARIABLES t, i,
  ready,    \* branches that are prepared, or have only read
  yes       \* those whose vote the coordinator has heard

ASSUME \A n \in 1..Len(Traces) : TLCSet(n, 0)

TraceInit ==
  /\ dropped = "none"
  /\ t \in 1..Len(Traces)
  /\ rm = [b \in RM |-> IF \E n \in 1..Len(Traces[t]) : Traces[t][n].ev = "refuse" /\ Traces[t][n].b = b
                         THEN "refused" ELSE "prepared"]
  /\ coord = "voting"
  /\ promised = [a \in Acceptors |-> -1]
  /\ accepted = [a \in Acceptors |-> None]
  /\ promises = {} /\ proposed = {} /\ acks = {}
  /\ i = 1 /\ ready = {} /\ yes = {}

Lasts == i <= Len(Traces[t])
Line == Traces[t][i]
Is(name) == Lasts /\ Line.ev = name
Says(v) == Line.v = v

Sent(what) == what /\ UNCHANGED vars

Aborted == coord = "aborted" \/ Chosen("ABORT")

Votes ==
  \/ Is("prepare") /\ Sent(rm[Line.b] = "prepared") /\ ready' = ready \cup {Line.b} /\ UNCHANGED yes
  \/ Is("refuse") /\ Sent(rm[Line.b] = "refused" /\ Line.b \notin ready) /\ UNCHANGED <<ready, yes>>
  \/ Is("voted") /\ Sent(Line.b \in ready) /\ yes' = yes \cup {Line.b} /\ UNCHANGED ready

Coordinator ==
  \/ Is("giveUp") /\ (GiveUp \/ Sent(coord # "voting"))
  \/ Is("propose") /\ Line.n = 0 /\ Says("COMMIT") /\ ((yes = RM /\ PreCommit) \/ Sent(<<0, "COMMIT">> \in proposed))
  \/ Is("tellCommit") /\ Sent(Chosen("COMMIT"))
  \/ Is("tellRollback") /\ (GiveUp \/ Sent(Aborted))
  \/ Is("answer") /\ Says("committed") /\ Sent(Chosen("COMMIT"))
  \/ Is("answer") /\ Says("rolledback") /\ Sent(Aborted)
  \/ Is("answer") /\ Says("unknown") /\ Sent(TRUE)

Register ==
  \/ Is("promise") /\ Promise(Line.b, Line.n)
  \/ Is("accept") /\ Accept(Line.b, Line.n, Line.v)
  \/ Is("propose") /\ Line.n > 0 /\ ((Propose(Line.n) /\ <<Line.n, Line.v>> \in proposed') \/ Sent(<<Line.n, Line.v>> \in proposed))
  \/ Is("obey") /\ Sent(Chosen(Line.v))

Effects ==
  \/ Is("commit") /\ Sent(Line.b \in ready /\ Chosen("COMMIT"))
  \/ Is("rollback") /\ Sent(Aborted)

TraceNext ==
  /\ i' = i + 1 /\ UNCHANGED t
  /\ Votes \/ ((Coordinator \/ Register \/ Effects) /\ UNCHANGED <<ready, yes>>)

TraceSpec == TraceInit /\ [][TraceNext]_<<vars, t, i, ready, yes>>

(* Says how far each trace gets; one worker only. *)
Followed == IF i > TLCGet(t) THEN TLCSet(t, i) /\ PrintT(<<"REACHED", t, i - 1>>) ELSE TRUE
=============================================================================
