--------------------------- MODULE SagaStepsTrace ---------------------------
(***************************************************************************)
(* Is a trace a behaviour of SagaSteps? Each line must be a step of the    *)
(* specification, or something that it has sent or written by then.        *)
(***************************************************************************)
EXTENDS SagaSteps, TraceData, Sequences, TLC

VARIABLES t, i

ASSUME \A n \in 1..Len(Traces) : TLCSet(n, 0)

TraceInit == Init /\ t \in 1..Len(Traces) /\ i = 1

Lasts == i <= Len(Traces[t])
Line == Traces[t][i]
Is(name) == Lasts /\ Line.ev = name

Sent(what) == what /\ UNCHANGED vars

(* Once more, for the reason that there was before. *)
ActionAgain(e, s) ==
  /\ <<"action", s>> \in sent
  /\ own[e] > 0 /\ view[e].ended = "no" /\ ~view[e].turned
  /\ s \notin view[e].done /\ s <= view[e].started
CompensationAgain(e, s) ==
  /\ <<"compensation", s>> \in sent
  /\ own[e] > 0 /\ view[e].ended = "no" /\ view[e].turned
  /\ s \in ToCompensate(view[e]) \ view[e].compensated
  /\ \A later \in ToCompensate(view[e]) : later > s => later \in view[e].compensated

Calls ==
  \/ Is("callAction") /\ (CallAction(Line.v, Line.b) \/ Sent(ActionAgain(Line.v, Line.b)))
  \/ Is("callCompensation") /\ (CallCompensation(Line.v, Line.b) \/ Sent(CompensationAgain(Line.v, Line.b)))

(* An entry is a line for each of its events; the first of them makes the step, the others must follow from it. *)
Log ==
  \/ Is("start") /\ Sent(own[Line.v] = 1)
  \/ Is("claim") /\ Claim(Line.v)
  \/ Is("done") /\ RecordDone(Line.v, Line.b)
  \/ Is("stage") /\ Sent(log.started = Line.b)
  \/ Is("turnBack") /\ TurnBack(Line.v)
  \/ Is("compensated") /\ RecordCompensated(Line.v, Line.b)
  \/ Is("ended") /\ Sent(log.ended = Line.v)

Effects ==
  \/ Is("act") /\ Act(Line.b)
  \/ Is("compensate") /\ Compensate(Line.b)
  \/ Is("told") /\ Sent(log.ended = Line.v)

TraceNext == (Calls \/ Log \/ Effects) /\ i' = i + 1 /\ UNCHANGED t

TraceSpec == TraceInit /\ [][TraceNext]_<<vars, t, i>>

(* Says how far each trace gets; one worker only. *)
Followed == IF i > TLCGet(t) THEN TLCSet(t, i) /\ PrintT(<<"REACHED", t, i - 1>>) ELSE TRUE
=============================================================================
