/**
 * A log of 12 million entries, some of 1 GB, that a hostile guest has written, as the API would tell it. It is made up here because no
 * test has the time to run a guest that long; the browser and the page are real.
 */
export const TOTAL = 12_000_000;
export const FAILURE = 11_900_017;
export const HOSTILE = "<img src=x onerror=\"document.title='gone'\"> \u001b[31mred\u001b[0m \u202ereversed \ufffd\ufffd";

function entry(number) {
  const base = { number, offset: number * 90, length: 90, iterationFrom: Math.floor(number / 10), iterationTo: Math.floor(number / 10), instruction: null, vector: null, name: null, errorCode: null, cpl: null, ip: null, sp: null, cr2: null, registers: {}, debugRegisters: {}, symbol: null, repeats: null };
  if (number === FAILURE) return { ...base, kind: "guest", raw: HOSTILE, text: HOSTILE };
  // The API gives 16 KiB of a line at most, and says how long it is.
  if (number === FAILURE + 1) return { ...base, kind: "guest", length: 10_000_000, raw: "A".repeat(16 << 10), text: "A".repeat(16 << 10) };
  if (number % 3 === 0) return { ...base, kind: "guest", raw: `line ${number}`, text: `line ${number}` };
  return {
    ...base, kind: "interrupt", raw: `   ${number}: v=01 e=0000 i=0 cpl=0 IP=0008:00100fba pc=00100fba SP=0010:00105f3c`, vector: 1, name: "#DB", errorCode: 0, cpl: 0, ip: "0008:00100fba", sp: "0010:00105f3c",
    registers: { EAX: "00000947", EBX: "00000000", EIP: "00100fba", EFL: "00000046" }, debugRegisters: { DR6: "ffff0ff0", DR7: "000d0401" }, symbol: "race+0x1f",
    repeats: number === FAILURE - 2 ? { entry: FAILURE - 3, differs: ["DR6"] } : null,
  };
}

/** Answers for the log's part of the API, on this page only. */
export async function pretend(page) {
  await page.route("**/log/summary", (route) =>
    route.fulfill({ json: { bytes: TOTAL * 90, entries: TOTAL, complete: true, firstIteration: 0, lastIteration: TOTAL / 10, kinds: { guest: TOTAL / 3, interrupt: (TOTAL / 3) * 2 }, vectors: [{ vector: 1, name: "#DB", count: (TOTAL / 3) * 2 }], repeatedTrapCount: 1, repeatedTraps: [FAILURE - 2], failureEntry: FAILURE } }));
  await page.route("**/log/entries*", (route) => {
    const words = new URL(route.request().url()).searchParams;
    const iteration = words.get("iteration");
    const from = iteration ? Number(iteration) * 10 : Number(words.get("from") ?? 0);
    const limit = Number(words.get("limit"));
    const kinds = words.get("kind")?.split(",");
    const entries = [];
    // A bounded part per request, as the server does: a page may be short and there may be more.
    let number = from;
    for (; number < Math.min(TOTAL, from + limit); number++) {
      const each = entry(number);
      if (!kinds || kinds.includes(each.kind)) entries.push(each);
    }
    return route.fulfill({ json: { entries, next: number < TOTAL ? number : null, previous: from > 0 ? from - 1 : null } });
  });
}
