// A stream of events, asked for with headers: the browser's own EventSource can send none.

/**
 * Read the events at an address: `heard(name, content)` for each, `ended(status)` when it is over, with what it was
 * refused with, or 0 where it broke off. Returns what stops it, after which neither is called.
 */
export function openStream(path, headers, heard, ended) {
  const stop = new AbortController();
  read(path, headers, heard, stop.signal)
    .catch(() => 0)
    .then((status) => stop.signal.aborted || ended(status));
  return () => stop.abort();
}

async function read(path, headers, heard, signal) {
  const response = await fetch(path, { headers, signal, cache: "no-store" });
  if (!response.ok) return response.status;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return 0;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) if (!signal.aborted) tell(event, heard);
  }
}

function tell(event, heard) {
  const fields = new Map(event.split("\n").map((line) => {
    const at = line.indexOf(": ");
    return [line.slice(0, at), line.slice(at + 2)];
  }));
  // A comment, by which the service only says that it is there.
  if (!fields.has("data")) return;
  heard(fields.get("event"), JSON.parse(fields.get("data")));
}
