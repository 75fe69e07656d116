// Reads server-sent events (WHATWG HTML, section 9.2) off a fetch: an EventSource hears only names it was told before, and
// cannot log in.

/** Takes pieces of text, and calls heard(name, data) for each event in them. Pure. */
export function reader(heard) {
  let rest = '';
  return piece => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = new Map();
      for (const line of block.split('\n')) {
        const colon = line.indexOf(':');
        if (colon > 0) {
          const value = line.slice(colon + 1).replace(/^ /, '');
          const name = line.slice(0, colon);
          fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
        }
      }
      if (fields.has('data')) {
        heard(fields.get('event') ?? 'message', fields.get('data'));
      }
    }
  };
}

/** Follows the stream until it ends or is told to stop; says why it has ended. */
export async function follow(path, options, opened, heard) {
  const response = await fetch(path, {cache: 'no-store', ...options});
  if (!response.ok) {
    const body = await response.json().catch(() => ({error: `it answered ${response.status}`}));
    return [body.error, body.remedy].filter(Boolean).join('. ');
  }
  opened();
  let end = 'the stream was cut off';
  const read = reader((name, data) => {
    if (name === 'end') {
      end = JSON.parse(data).reason;
    }
    heard(name, JSON.parse(data));
  });
  const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
    read(piece.value);
  }
  return end;
}
