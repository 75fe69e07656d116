// Spans as rows: each below its parent, with its place in time in per cent. Pure.

const NANOS = 1e6;

/** Since the earliest start, so that nanoseconds survive; the time of day would be too large a number for them. */
function begun(span, zeroMillis) {
  return (Date.parse(span.start) - zeroMillis) * NANOS + span.startNanos;
}

/** @returns [{span, depth, from, width}], parents before children, each level by start */
export function laid(spans) {
  if (spans.length === 0) {
    return [];
  }
  const zero = Math.min(...spans.map(span => Date.parse(span.start)));
  const placed = spans.map(span => ({span, at: begun(span, zero)})).sort((a, b) => a.at - b.at);
  const first = placed[0].at;
  const whole = Math.max(...placed.map(one => one.at + one.span.nanos)) - first || 1;
  const known = new Set(spans.map(span => span.id));
  const children = grouped(placed, known);
  const rows = [];
  const shown = new Set();
  const put = ({span, at}, depth) => {
    if (!shown.has(span.id)) {
      shown.add(span.id);
      rows.push({span, depth, from: (100 * (at - first)) / whole, width: (100 * span.nanos) / whole});
      below(span.id, depth + 1);
    }
  };
  const below = (parent, depth) => (children.get(parent) ?? []).forEach(one => put(one, depth));
  below('', 0);
  placed.forEach(one => put(one, 0)); // what stands below itself, as nothing of ours does
  return rows;
}

function parentOf(span, known) {
  return known.has(span.parent) ? span.parent : '';
}

function grouped(placed, known) {
  const groups = new Map();
  for (const one of placed) {
    const parent = parentOf(one.span, known);
    groups.set(parent, [...(groups.get(parent) ?? []), one]);
  }
  return groups;
}
