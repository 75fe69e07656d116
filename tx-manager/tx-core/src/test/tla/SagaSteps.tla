----------------------------- MODULE SagaSteps -----------------------------
(***************************************************************************)
(* A saga's step log: what an executor may call and write, and what the    *)
(* called have to keep; see docs/protocol/saga.md.                         *)
(*                                                                         *)
(* One saga of N steps, one after another. Executors claim it at any time, *)
(* rightly or not; one whose epoch is over goes on not knowing it, by the  *)
(* log as it last saw it. Calls may arrive late and repeatedly, or never.  *)
(* There is no clock: that an executor gives a step up is free.            *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS
  N,
  Executors,
  EpochMax,     \* claims that are looked at
  Clauses

Steps == 1..N

VARIABLES
  dropped,
  log,          \* the step log: steps started, done, compensated; whether it turned back; how it ended
  epoch,        \* of its executor, in the store
  own,          \* the epoch that each executor works under; 0 for none
  view,         \* the log as each executor knows it
  sent,         \* calls, by anybody
  effect,       \* at each called: none, done, undone, or refused for ever as it was compensated before
  times         \* how often each effect happened

vars == <<dropped, log, epoch, own, view, sent, effect, times>>

Holds(clause) == dropped # clause

Begun == [started |-> 1, done |-> {}, turned |-> FALSE, compensated |-> {}, ended |-> "no"]

Init ==
  /\ dropped \in Clauses \cup {"none"}
  /\ log = Begun /\ epoch = 1
  /\ \E first \in Executors :
       /\ own = [e \in Executors |-> IF e = first THEN 1 ELSE 0]
       /\ view = [e \in Executors |-> Begun]
  /\ sent = {}
  /\ effect = [s \in Steps |-> "none"]
  /\ times = [s \in Steps |-> 0]

-----------------------------------------------------------------------------
(* The called. *)

Act(s) ==
  /\ <<"action", s>> \in sent
  /\ IF effect[s] = "none"
       THEN effect' = [effect EXCEPT ![s] = "done"] /\ times' = [times EXCEPT ![s] = @ + 1]
     ELSE /\ ~Holds("the called keeps keys") /\ effect[s] = "done" /\ times[s] < 2
          /\ times' = [times EXCEPT ![s] = @ + 1] /\ UNCHANGED effect
  /\ UNCHANGED <<dropped, log, epoch, own, view, sent>>

Compensate(s) ==
  /\ <<"compensation", s>> \in sent
  /\ \/ effect[s] = "done" /\ effect' = [effect EXCEPT ![s] = "undone"]
     \/ /\ effect[s] = "none" /\ Holds("a compensation refuses an action that comes later")
        /\ effect' = [effect EXCEPT ![s] = "refused"]
  /\ UNCHANGED <<dropped, log, epoch, own, view, sent, times>>

Undone(s) ==
  effect[s] \in {"undone", "refused"} \/
    (~Holds("a compensation refuses an action that comes later") /\ effect[s] = "none" /\ <<"compensation", s>> \in sent)

-----------------------------------------------------------------------------
(* An executor. *)

(* The epoch is raised first; what is read then nobody else changes any more. *)
Claim(e) ==
  /\ epoch < EpochMax /\ log.ended = "no"
  /\ epoch' = epoch + 1
  /\ own' = [own EXCEPT ![e] = epoch + 1]
  /\ view' = IF Holds("the log is read after the claim") THEN [view EXCEPT ![e] = log] ELSE view
  /\ UNCHANGED <<dropped, log, sent, effect, times>>

ReadTooEarly(e) ==
  /\ ~Holds("the log is read after the claim")
  /\ own[e] = 0
  /\ view' = [view EXCEPT ![e] = log]
  /\ UNCHANGED <<dropped, log, epoch, own, sent, effect, times>>

(* An entry, of whoever has the epoch that is in the store. *)
Write(e, next) ==
  /\ own[e] = epoch \/ (own[e] > 0 /\ ~Holds("an entry checks the epoch"))
  /\ log.ended = "no"
  /\ log' = next
  /\ view' = [view EXCEPT ![e] = next]
  /\ UNCHANGED <<dropped, epoch, own, sent, effect, times>>

Call(e, call) ==
  /\ own[e] > 0 /\ view[e].ended = "no"
  /\ call \notin sent
  /\ sent' = sent \cup {call}
  /\ UNCHANGED <<dropped, log, epoch, own, view, effect, times>>

CallAction(e, s) ==
  /\ ~view[e].turned /\ s \notin view[e].done
  /\ s <= view[e].started \/ (~Holds("a stage is recorded before it is called") /\ s = view[e].started + 1)
  /\ Call(e, <<"action", s>>)

(* With the next stage's start, or the end, in the same entry. *)
RecordDone(e, s) ==
  /\ ~view[e].turned /\ s = view[e].started /\ s \notin view[e].done
  /\ <<"action", s>> \in sent
  /\ effect[s] = "done" \/ ~Holds("what is not answered is not done")
  /\ Write(e, [view[e] EXCEPT !.done = @ \cup {s}, !.started = IF s < N THEN s + 1 ELSE s,
                              !.ended = IF s = N THEN "completed" ELSE "no"])

TurnBack(e) ==
  /\ ~view[e].turned
  /\ Write(e, [view[e] EXCEPT !.turned = TRUE])

(* Every stage that was started, whether it is known to be done or not. *)
ToCompensate(v) == IF Holds("what was started is compensated, done or not") THEN 1..v.started ELSE v.done

CallCompensation(e, s) ==
  /\ view[e].turned \/ ~Holds("turning back is recorded before compensations")
  /\ s \in ToCompensate(view[e]) \ view[e].compensated
  /\ Holds("the later stage is compensated first") => \A later \in ToCompensate(view[e]) : later > s => later \in view[e].compensated
  /\ Call(e, <<"compensation", s>>)

RecordCompensated(e, s) ==
  /\ view[e].turned
  /\ s \in ToCompensate(view[e]) \ view[e].compensated
  /\ <<"compensation", s>> \in sent /\ Undone(s)
  /\ Write(e, [view[e] EXCEPT !.compensated = @ \cup {s},
                              !.ended = IF view[e].compensated \cup {s} = ToCompensate(view[e]) THEN "compensated" ELSE "no"])

(* Nothing to compensate: possible only where that clause is dropped. *)
EndAtOnce(e) ==
  /\ view[e].turned /\ ToCompensate(view[e]) = {}
  /\ Write(e, [view[e] EXCEPT !.ended = "compensated"])

-----------------------------------------------------------------------------

Next ==
  \/ \E s \in Steps : Act(s) \/ Compensate(s)
  \/ \E e \in Executors :
       \/ Claim(e) \/ ReadTooEarly(e) \/ TurnBack(e) \/ EndAtOnce(e)
       \/ \E s \in Steps : CallAction(e, s) \/ RecordDone(e, s) \/ CallCompensation(e, s) \/ RecordCompensated(e, s)

Spec == Init /\ [][Next]_vars

(* For good, as no call that is under way can change it. *)
EndsAsTold ==
  /\ log.ended = "completed" => \A s \in Steps : effect[s] = "done" /\ <<"compensation", s>> \notin sent
  /\ log.ended = "compensated" => \A s \in Steps : effect[s] # "done"
Once == \A s \in Steps : times[s] <= 1
InOrder ==
  \A s \in Steps : s > 1 =>
    /\ effect[s] = "done" => effect[s - 1] = "done"
    /\ effect[s - 1] \in {"undone", "refused"} => effect[s] # "done"
(* An executor that is thought dead cannot start what nobody knows of. *)
Known == \A s \in Steps : effect[s] = "done" => s <= log.started

Safe == EndsAsTold /\ Once /\ InOrder /\ Known

=============================================================================
