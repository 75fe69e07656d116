// What of the console is no view, tested in a page of the console itself: the modules are those that are served. Returns
// "ok N" with the number of examples, or throws the first one that is wrong.
return (async () => {
  const {parse, admits, eventValues, transactionValues, TRANSACTION_FIELDS} = await import('/filter.js');
  const {layout, steps, ticks} = await import('/waterfall.js');
  const scrub = await import('/scrub.js');
  const {reader} = await import('/sse.js');
  const {laid} = await import('/trace-tree.js');
  let examples = 0;
  const same = (found, wanted, what) => {
    examples++;
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
    }
  };

  // The filter language.
  const row = {state: 'PREPARING', resource: ['orders', 'stock'], age: 6_000, retries: 2, cause: ['two words']};
  const fields = {state: 'text', resource: 'text', age: 'duration', retries: 'number', cause: 'text'};
  const holds = text => admits(parse(text, fields), row);
  for (const [text, wanted] of [
    ['', true], ['prepar', true], ['state:prep', true], ['state=prep', false], ['state=preparing', true], ['-state:prep', false],
    ['!resource:orders', false], ['resource:nothing', false], ['resource:nothing|stock', true], ['"two words"', true],
    ['cause:"two words"', true], ['age>5', true], ['age>5s', true], ['age>6s', false], ['age>=6s', true], ['age<2m', true],
    ['age>5999ms', true], ['retries=2', true], ['retries<2', false], ['state:prep resource:orders age>5s words', true],
    ['state:prep resource:orders age>1h', false], ['STATE', false], ['PREPARING', true],
  ]) {
    same(holds(text), wanted, text);
  }
  same(parse('stat:x', fields).problems[0].startsWith("there is no field 'stat'"), true, 'unknown field');
  same(parse('age>soon', fields).problems[0].includes("'soon' is no number"), true, 'no amount');
  same(parse('state>3', fields).problems[0].startsWith('state is text'), true, 'text is not compared');
  same(parse('state:', fields).problems.length, 1, 'a value is missing');
  same(holds('stat:x age>5s'), true, 'what is wrong is left out');
  same(admits(parse('took>10ms name:voted'), eventValues({name: 'branch.voted', nanos: 11e6})), true, 'nanoseconds of an event');
  same(admits(parse('looking>1s'), eventValues({name: 'member.serving', lookingNanos: 9e8})), false, 'named nanoseconds');

  // The waterfall.
  const event = (ms, name, rest) => ({number: ms, at: new Date(1e12 + ms).toISOString(), name: `${name}`, ...rest});
  const branch = (number, rest) => ({branch: number, resource: `r${number}`, retries: 0, ...rest});
  const history = {
    transaction: {
      state: 'ENDED', outcome: 'COMMITTED', begunAt: new Date(1e12).toISOString(), endedAt: new Date(1e12 + 100).toISOString(),
      branches: [branch(1, {vote: 'PREPARED', end: 'COMMITTED'}), branch(2, {vote: 'READ_ONLY'})],
    },
    events: [
      event(0, 'transaction.begun'), event(20, 'transaction.ending', {commit: true}),
      event(50, 'branch.voted', {branch: 1, vote: 'PREPARED', nanos: 25e6}), event(30, 'branch.voted', {branch: 2, vote: 'READ_ONLY', nanos: 5e6}),
      event(50, 'transaction.prepared', {nanos: 30e6}), event(60, 'transaction.decided', {decision: 'COMMIT', nanos: 10e6}),
      event(95, 'branch.ended', {branch: 1, end: 'COMMITTED', nanos: 30e6}),
      event(100, 'transaction.ended', {nanos: 100e6, phaseTwoNanos: 40e6}),
    ],
  };
  const fall = layout(history, 0);
  same(fall.span, 100, 'as long as the transaction');
  same(fall.rows.map(one => one.bars.map(bar => [bar.kind, bar.from, bar.to, bar.open])), [
    [['active', 0, 20, false], ['prepare', 20, 50, false], ['decide', 50, 60, false], ['tell', 60, 100, false]],
    [['prepare', 25, 50, false], ['tell', 65, 95, false]], [['prepare', 25, 30, false]],
  ], 'bars');
  same(fall.rows[0].marks.filter(mark => mark.kind === 'decision').map(mark => mark.at), [60], 'the decision');
  same(steps(history).map(step => step.state), ['done', 'done', 'done', 'done', 'done', 'done'], 'all done');
  const open = {
    transaction: {...history.transaction, state: 'PREPARING', outcome: undefined, endedAt: undefined, branches: [branch(1, {})]},
    events: history.events.slice(0, 2),
  };
  const waiting = layout(open, 1e12 + 500);
  same(waiting.span, 500, 'until now');
  same(waiting.rows[1].bars.map(bar => [bar.kind, bar.from, bar.to, bar.open]), [['prepare', 20, 500, true]], 'has not voted');
  same(steps(open).map(step => step.state), ['done', 'done', 'doing', 'waiting', 'waiting', 'waiting'], 'preparing');
  const rolledBack = {
    transaction: {...history.transaction, outcome: 'ROLLED_BACK', branches: [branch(1, {vote: 'ROLLBACK', end: 'ROLLED_BACK'})]},
    events: [event(0, 'transaction.begun'), event(20, 'transaction.ending', {commit: true}), event(100, 'transaction.ended', {nanos: 1, phaseTwoNanos: 1})],
  };
  same(layout(rolledBack, 0).rows[0].bars.map(bar => [bar.kind, bar.to, bar.open]), [['active', 20, false], ['prepare', 100, false]], 'skipped phases');
  same(steps(rolledBack)[2].state, 'bad', 'a no');
  same(ticks(100), [0, 50, 100], 'round ticks');

  // The scrubber.
  const shard = (number, node, epoch) => ({shard: number, node, holder: node, epoch});
  const moment = (ms, nodes, shards, problem) => ({
    at: new Date(1e12 + ms).toISOString(), coordinators: nodes.map(name => ({id: name, name})), servers: [], shards, problem,
  });
  const past = {
    events: [event(700, 'shard.taken', {node: 'a', shard: 1, epoch: 3}), event(100, 'session.opened')],
    moments: [moment(0, ['a', 'b'], [shard(0, 'a', 1), shard(1, 'b', 2)]), moment(1_000, ['a'], [shard(0, 'a', 1), shard(1, 'a', 3)])],
  };
  const log = scrub.extended(scrub.extended(scrub.EMPTY, past), past);
  const leaders = ms => scrub.at(log, 1e12 + ms).shards.map(one => one.node);
  same([log.events.length, log.moments.length], [2, 2], 'nothing twice');
  same(scrub.at(log, 1e12 - 1).known, false, 'before the first look');
  same([leaders(0), leaders(699), leaders(700), leaders(1_000)], [['a', 'b'], ['a', 'b'], ['a', 'a'], ['a', 'a']], 'a failover');
  same(scrub.changes(log.moments[0], log.moments[1]), ['b is gone', 'shard 1: b → a'], 'what changed');
  const points = scrub.turning(log);
  same(points.map(point => point.millis - 1e12), [700, 1_000], 'turning points');
  same([scrub.step(points, 1e12 + 700, 1), scrub.step(points, 1e12 + 700, -1)], [1e12 + 1_000, 1e12 + 700], 'steps stop at the ends');
  const away = scrub.extended(log, {events: [], moments: [moment(2_000, [], [], 'gone')]});
  same([scrub.at(away, 1e12 + 2_500).problem, scrub.at(away, 1e12 + 2_500).shards.length], ['gone', 2], 'the last that was known stays');
  same(scrub.rates(log, 1e12, 1e12 + 1_000, 10, ['shard', 'session']).slice(1).map(line => line.indexOf(10)), [7, 1], 'rates');
  const many = scrub.extended(scrub.EMPTY, {events: Array.from({length: scrub.EVENTS_MAX + 5}, (_, i) => event(i, 'x')), moments: []});
  same([many.events.length, many.events[0].number, many.seen.size], [scrub.EVENTS_MAX, 5, scrub.EVENTS_MAX], 'bounded');

  // The spans of a trace.
  const span = (id, parent, ms, startNanos, nanos) => ({id, parent, start: new Date(1e12 + ms).toISOString(), startNanos, nanos, name: id});
  const tree = laid([
    span('b', 'a', 10, 500_000, 5e6), span('a', 'elsewhere', 10, 0, 10e6), span('c', 'b', 12, 0, 1e6), span('x', 'b', 11, 0, 9e6), span('d', 'gone', 15, 0, 0),
  ]);
  same(tree.map(one => [one.span.id, one.depth, one.from, one.width]), [
    ['a', 0, 0, 100], ['b', 1, 5, 50], ['x', 2, 10, 90], ['c', 2, 20, 10], ['d', 0, 50, 0],
  ], 'children below their parents, those of others at the margin');
  same(laid([span('a', 'b', 0, 0, 1e6), span('b', 'a', 0, 0, 1e6)]).map(one => one.span.id), ['a', 'b'], 'a circle loses nothing');
  same(laid([]), [], 'no spans');

  // Server-sent events in pieces.
  const heard = [];
  const read = reader((name, data) => heard.push([name, data]));
  ['eve', 'nt: a.b\nid: 1\nda', 'ta: {"x":1}\n', '\n: still here\n\n', 'data: y\n\nevent: end\n'].forEach(read);
  same(heard, [['a.b', '{"x":1}'], ['message', 'y']], 'pieces');
  return `ok ${examples}`;
})();
