// Where the bars of a transaction's waterfall lie, made of its events. Pure.

const KNOWN = new Set(['number', 'at', 'name', 'transaction', 'millis', 'key']);
const PHASES = [
  ['transaction.begun', 'transaction.ending', 'active', 'open for work'],
  ['transaction.ending', 'transaction.prepared', 'prepare', 'branches vote'],
  ['transaction.prepared', 'transaction.decided', 'decide', 'the decision is written'],
  ['transaction.decided', 'transaction.ended', 'tell', 'branches are told'],
];

/**
 * Rows with bars and marks, in milliseconds since the transaction began.
 *
 * @param history as the API tells it
 * @param nowMillis where what has not ended reaches to
 */
export function layout(history, nowMillis) {
  const events = history.events.map(event => ({...event, millis: Date.parse(event.at)}));
  const begin = Math.min(Date.parse(history.transaction.begunAt), ...events.map(startOf));
  const end = history.transaction.endedAt ? Math.max(...events.map(event => event.millis)) : nowMillis;
  const span = Math.max(1, end - begin);
  const rows = [transactionRow(events, begin, end)];
  for (const branch of history.transaction.branches) {
    rows.push(branchRow(branch, events, begin, end));
  }
  return {span, rows, ticks: ticks(span)};
}

function startOf(event) {
  return event.nanos === undefined || event.name === 'transaction.ended' ? event.millis : event.millis - event.nanos / 1e6;
}

function first(events, name) {
  return events.find(event => event.name === name);
}

function transactionRow(events, begin, end) {
  const bars = [];
  const ended = first(events, 'transaction.ended');
  for (const [from, to, kind, what] of PHASES) {
    const start = first(events, from);
    if (start) {
      // A transaction that is rolled back skips phases: what it is in then lasts until its end.
      const stop = first(events, to) ?? later(events, from) ?? ended;
      bars.push(bar(start.millis - begin, (stop ? stop.millis : end) - begin, kind, what, !stop));
    }
  }
  return {label: 'transaction', detail: '', bars: bars.filter(Boolean), marks: events
    .filter(event => event.name.startsWith('transaction.'))
    .map(event => ({at: event.millis - begin, kind: markOf(event), text: said(event)}))};
}

function later(events, from) {
  const names = PHASES.map(phase => phase[0]);
  return names.slice(names.indexOf(from) + 1).map(name => first(events, name)).find(Boolean);
}

function bar(from, to, kind, text, open) {
  return {from: Math.max(0, from), to: Math.max(from, to), kind, text, open};
}

function branchRow(branch, events, begin, end) {
  const own = events.filter(event => event.name.startsWith('branch.') && event.branch === branch.branch);
  const bars = [];
  const voted = first(own, 'branch.voted');
  const ended = first(own, 'branch.ended');
  const ending = first(events, 'transaction.ending');
  const decided = first(events, 'transaction.decided');
  if (voted) {
    const kind = voted.vote === 'PREPARED' || voted.vote === 'READ_ONLY' ? 'prepare' : 'bad';
    bars.push(bar(startOf(voted) - begin, voted.millis - begin, kind, `voted ${words(voted.vote)}`, false));
  } else if (ending?.commit && !ended) {
    bars.push(bar(ending.millis - begin, end - begin, 'prepare', 'has not voted', true));
  }
  if (ended) {
    bars.push(bar(startOf(ended) - begin, ended.millis - begin, 'tell', `ended ${words(ended.end)}`, false));
  } else if (decided && voted?.vote !== 'READ_ONLY') {
    bars.push(bar(decided.millis - begin, end - begin, 'tell', 'has not ended', true));
  }
  return {
    label: `branch ${branch.branch}`,
    detail: branch.resource,
    bars,
    marks: own.map(event => ({at: event.millis - begin, kind: markOf(event), text: said(event)})),
  };
}

function markOf(event) {
  const bad = event.name === 'branch.retried' || event.name === 'branch.heuristic' || event.vote === 'ROLLBACK';
  if (bad) {
    return 'bad';
  }
  return event.name === 'transaction.decided' ? 'decision' : 'plain';
}

/** What an event says, in words: its name and whatever it brings but for names that are known anyway. */
export function said(event) {
  const rest = Object.entries(event)
    .filter(([name, value]) => !KNOWN.has(name) && value !== '' && value !== undefined)
    .map(([name, value]) => field(name, value));
  return rest.length === 0 ? event.name : `${event.name}: ${rest.join(', ')}`;
}

function field(name, value) {
  if (/nanos$/i.test(name)) {
    return `${name.replace(/nanos$/i, '') || 'took'} ${(value / 1e6).toFixed(value < 1e7 ? 2 : 0)} ms`;
  }
  return name.endsWith('EpochMillis') ? `${name.slice(0, -'EpochMillis'.length)} ${new Date(value).toISOString()}` : `${name} ${value}`;
}

/** READ_ONLY as people write it. */
export function words(constant) {
  return String(constant).toLowerCase().replaceAll('_', ' ');
}

/** Five marks at most, at round numbers of milliseconds. */
export function ticks(span) {
  const raw = span / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= raw);
  const at = [];
  for (let tick = 0; tick <= span; tick += step) {
    at.push(tick);
  }
  return at;
}

/**
 * A transaction in a line: each step with what it took.
 *
 * @returns list of {name, text, state} with state done, doing, waiting or bad
 */
export function steps(history) {
  const events = history.events;
  const transaction = history.transaction;
  const at = name => first(events, `transaction.${name}`);
  const millis = event => `${(event.nanos / 1e6).toFixed(1)} ms`;
  const ended = transaction.state === 'ENDED';
  const no = transaction.branches.filter(branch => branch.vote === 'ROLLBACK');
  const open = transaction.branches.filter(branch => branch.vote !== 'READ_ONLY' && !branch.end);
  const told = transaction.branches.length - open.length;
  return [
    {name: 'begin', text: at('begun') ? 'begun' : 'not seen here', state: 'done'},
    {name: 'enlist', text: `${transaction.branches.length} branches`, state: at('ending') || ended ? 'done' : 'doing'},
    {
      name: 'prepare',
      text: no.length ? `no from ${no.map(branch => branch.resource).join(', ')}` : at('prepared') ? millis(at('prepared')) : '',
      state: no.length ? 'bad' : at('prepared') ? 'done' : stateOf(at('ending')?.commit && !ended),
    },
    {
      name: 'decision',
      text: at('decided') ? `${words(at('decided').decision)}, ${millis(at('decided'))}` : '',
      state: at('decided') ? (at('decided').decision === 'UNKNOWN' ? 'bad' : 'done') : stateOf(at('prepared') && !ended),
    },
    {
      name: 'tell',
      text: at('decided') || ended ? `${told} of ${transaction.branches.length} ended` : '',
      state: ended ? 'done' : stateOf(at('decided')),
    },
    {name: 'end', text: transaction.outcome ? words(transaction.outcome) : '', state: outcomeState(transaction)},
  ];
}

function stateOf(isDoing) {
  return isDoing ? 'doing' : 'waiting';
}

function outcomeState(transaction) {
  if (transaction.state !== 'ENDED') {
    return 'waiting';
  }
  return transaction.outcome === 'COMMITTED' || transaction.outcome === 'ROLLED_BACK' ? 'done' : 'bad';
}
