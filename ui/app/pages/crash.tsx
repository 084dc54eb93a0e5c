import { useId, useState } from "react";
import { get, post, Problem, query } from "../api";
import { Chart } from "../chart";
import { repeatedBy, number, visible, word } from "../format";
import { Badge, Commands, Empty, Fact, Guest, Pager, RateWords, Show, Table, Time, Title, Trouble } from "../parts";
import { useResource } from "../resource";
import { go, Link, useAddress } from "../router";
import type { Change, Crash as CrashType, CrashState, Failure, FixJob, Page } from "../types";
import { Comparisons } from "./divergence";
import { When } from "./when";

/**
 * @param chosen ids of failures that are ticked; null where nothing can be chosen
 * @param crash whether each leads to its crash, too: where they are of many
 */
export function FailureTable({ items, chosen = null, choose, crash = false }: { items: Failure[]; chosen?: ReadonlySet<string> | null; choose?: (id: string) => void; crash?: boolean }) {
  return (
    <Table label="Failures" head={<>{chosen && <th><span className="sr">Choose</span></th>}<th>When</th><th>Message</th><th>Replay</th><th className="n">Iteration</th><th className="n">Shift</th><th className="n">Instructions</th>{crash && <th>Crash</th>}</>}>
      {items.map((failure) => (
        <tr key={failure.id}>
          {chosen && <td><input type="checkbox" aria-label={`Choose the failure of iteration ${failure.iteration}`} checked={chosen.has(failure.id)} onChange={() => choose?.(failure.id)} /></td>}
          <td><Link href={`/failures/${failure.id}`}><Time at={failure.occurredAt} /></Link></td>
          <td className="name"><Guest text={failure.title || failure.reason || word(failure.outcome)} />{failure.beyondStopRule && <small> beyond its job's stop rule</small>}</td>
          <td><Badge of={failure.replay} title={failure.replayNote} /></td>
          <td className="n">{number(failure.iteration)}</td>
          <td className="n">{failure.coordinates.schedule.shift}</td>
          <td className="n">{number(failure.instructionCount)}</td>
          {crash && <td><Link href={`/crashes/${failure.crashId}`}>all like it</Link></td>}
        </tr>
      ))}
    </Table>
  );
}

/** What a person says of a crash; a refusal is shown in the server's words. */
function useVerb(crash: string, done: () => void) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const say = async (verb: string, body: unknown): Promise<CrashType | null> => {
    try {
      const answer = await post<CrashType>(`/crashes/${crash}/${verb}`, body);
      setProblem(null);
      done();
      return answer;
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, String(e)));
      return null;
    }
  };
  return { problem, say };
}

const ID = /^[0-9a-f-]{36}$/;

/** An id of a crash; what is no id is looked for in titles, and those found are offered. */
function CrashField({ label, placeholder, value, set }: { label: string; placeholder: string; value: string; set: (id: string) => void }) {
  const list = useId();
  const text = value.trim();
  const found = useResource(text && !ID.test(text) ? text : null, (signal) => get<Page<CrashType>>(`/crashes${query({ text, sort: "last-seen", limit: 10 })}`, signal));
  return (
    <>
      <input aria-label={label} placeholder={placeholder} list={list} value={value} onChange={(event) => set(event.target.value)} />
      <datalist id={list}>
        {found.value?.items.map((crash) => <option key={crash.id} value={crash.id}>{visible(crash.title)}</option>)}
      </datalist>
    </>
  );
}

const VERDICTS: Record<string, string> = { NOT_FIXED: "failed again", NO_FAILURE_AT_CONFIDENCE: "no failure in as many iterations as it takes", UNDECIDED: "no failure so far, too few iterations" };
const fixWords = (job: FixJob) => `${VERDICTS[job.verdict] ?? word(job.verdict)} (${number(job.iterations)} of ${number(job.needed)})`;

function Actions({ crash, done }: { crash: CrashType; done: () => void }) {
  const { problem, say } = useVerb(crash.id, done);
  const [original, setOriginal] = useState("");
  const [goes, setGoes] = useState("");
  const [title, setTitle] = useState(crash.title);
  const [job, setJob] = useState("");
  const asked = useResource(`fix-jobs ${crash.id}`, (signal) => get<Page<FixJob>>(`/crashes/${crash.id}/fix-jobs`, signal));
  const jobs = asked.value?.items.filter((each) => each.verdict !== "NOT_FIXED") ?? [];
  const mark = (state: CrashState, more: Record<string, string> = {}) => void say("mark", { state, ...more });
  if (crash.merged) return null;
  return (
    <section>
      <h2>Decide</h2>
      {problem && <Trouble problem={problem} />}
      <div className="tools">
        {crash.state !== "OPEN" && <button type="button" onClick={() => mark("OPEN")}>Open again</button>}
        {crash.state !== "FIXED" && (
          <form onSubmit={(event) => { event.preventDefault(); mark("FIXED", job ? { fixedBy: job } : {}); }}>
            {jobs.length > 0 && (
              <select aria-label="The job that asked whether it is fixed" value={job} onChange={(event) => setJob(event.target.value)}>
                <option value="">by no job</option>
                {jobs.map((each) => <option key={each.job} value={each.job}>{each.job.slice(0, 8)}: {fixWords(each)}</option>)}
              </select>
            )}
            <button type="submit">Mark as fixed</button>
          </form>
        )}
        {crash.state !== "INVALID" && <button type="button" onClick={() => mark("INVALID")}>Mark as invalid</button>}
        <form onSubmit={(event) => { event.preventDefault(); mark("DUPLICATE", { duplicateOf: original.trim() }); }}>
          <CrashField label="Id of the crash that it is a duplicate of" placeholder="the original: id, or part of its title" value={original} set={setOriginal} />
          <button type="submit" disabled={!original.trim()}>Mark as duplicate</button>
        </form>
        <form onSubmit={(event) => { event.preventDefault(); void say("merge", { crash: goes.trim() }); }}>
          <CrashField label="Id of the crash that goes into this one" placeholder="another crash: id, or part of its title" value={goes} set={setGoes} />
          <button type="submit" disabled={!goes.trim()}>Merge it into this</button>
        </form>
        <form onSubmit={(event) => { event.preventDefault(); void say("rename", { title }); }}>
          <input aria-label="Title" value={title} maxLength={300} onChange={(event) => setTitle(event.target.value)} />
          <button type="submit" disabled={!title.trim() || title === crash.title}>Rename</button>
        </form>
      </div>
      <p className="quiet">A crash marked as fixed reopens when it fails again. Merged failures count here from then on; a signature can be split out again.</p>
    </section>
  );
}

/** Crashes whose stacks are alike: often one bug. */
function Similar({ crash, done }: { crash: CrashType; done: () => void }) {
  const list = useResource(crash.frames.length > 0 ? `similar ${crash.id} ${crash.failures}` : null, (signal) => get<Page<CrashType>>(`/crashes/${crash.id}/similar`, signal));
  const { problem, say } = useVerb(crash.id, () => { list.again(); done(); });
  if (!list.value || list.value.items.length === 0) return null;
  return (
    <section>
      <h2>Stacks like this one</h2>
      {problem && <Trouble problem={problem} />}
      <ul className="plain">
        {list.value.items.map((other) => (
          <li key={other.id} className="tools">
            <Link href={`/crashes/${other.id}`}><Guest text={other.title} /></Link> <small><Guest text={other.frames.slice(0, 3).join(" ← ")} />, {number(other.failures)} failures</small>
            <button type="button" onClick={() => void say("merge", { crash: other.id })}>Merge into this</button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The signatures that lead here. One of several can be split out, with its failures. */
function Signatures({ crash, done }: { crash: CrashType; done: () => void }) {
  const { problem, say } = useVerb(crash.id, done);
  if (crash.signatures.length === 0) return null;
  return (
    <section>
      <h2>Signatures</h2>
      {problem && <Trouble problem={problem} />}
      <ul className="plain">
        {crash.signatures.map((signature) => (
          <li key={signature} className="tools">
            <code><Guest text={signature} /></code>
            {crash.signatures.length > 1 && <button type="button" aria-label={`Split out ${signature}`} onClick={() => void say("split", { signature })}>Split out</button>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The failures of a page, some of which can be taken out of the crash. */
function Choosable({ crash, items, done }: { crash: CrashType; items: Failure[]; done: () => void }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [into, setInto] = useState("");
  const { problem, say } = useVerb(crash.id, done);
  const toggle = (id: string) => setChosen((old) => new Set(old.has(id) ? [...old].filter((each) => each !== id) : [...old, id]));
  const split = async () => {
    const to = await say("split", { failures: [...chosen], ...(into.trim() ? { into: into.trim() } : {}) });
    if (to) {
      setChosen(new Set());
      go(`/crashes/${to.id}`);
    }
  };
  return (
    <>
      <FailureTable items={items} chosen={chosen} choose={toggle} />
      {problem && <Trouble problem={problem} />}
      {chosen.size > 0 && (
        <form className="tools" onSubmit={(event) => { event.preventDefault(); void split(); }}>
          <CrashField label="Id of the crash that they go to" placeholder="a crash, or empty: a new one" value={into} set={setInto} />
          <button type="submit">Split {chosen.size} out</button>
        </form>
      )}
    </>
  );
}

export function Crash({ id }: { id: string }) {
  const cursor = useAddress().searchParams.get("cursor");
  const crash = useResource(id, (signal) => get<CrashType>(`/crashes/${id}`, signal), 5_000);
  const path = `/crashes/${id}/failures${query({ limit: 50, cursor, report: false })}`;
  const failures = useResource(path, (signal) => get<Page<Failure>>(path, signal), 5_000);
  const history = useResource(`history ${id}`, (signal) => get<Page<Change>>(`/crashes/${id}/history`, signal), 15_000);
  const first = failures.value?.items[0]?.id ?? null;
  const latest = useResource(first, (signal) => get<Failure>(`/failures/${first}`, signal));
  const again = () => { crash.again(); failures.again(); history.again(); };
  return (
    <Show of={crash}>
      {(c) => (
        <>
          <Title name={c.title}>
            <Badge of={c.state} /> <Badge of={c.outcome} />
          </Title>
          {c.duplicateOf && <p>{c.merged ? "It was merged into" : "The same as"} <Link href={`/crashes/${c.duplicateOf}`}>{c.duplicateOf}</Link>{c.merged && ", which has its failures"}.</p>}
          {c.bin && <div className="trouble" role="note"><strong>Not one bug</strong><span>These reports were truncated or garbled and have no known title. Look through them and split them into the crashes they belong to.</span></div>}
          {c.fixed && <p>Fixed according to job <Link href={`/jobs/${c.fixed.job}`}>{c.fixed.name}</Link>: {fixWords(c.fixed)}.</p>}
          <dl className="facts">
            <Fact name="Failures">{number(c.failures)}</Fact>
            <Fact name="Rate where seen"><RateWords rate={c.failureRate} failures={c.failuresSampled} iterations={c.iterations} /></Fact>
            <Fact name="Replay verified">{number(c.verified)} of {number(c.failures)}</Fact>
            <Fact name="Last seen"><Time at={c.lastSeen} /></Fact>
            <Fact name="First seen"><Time at={c.firstSeen} /></Fact>
            <Fact name="Targets">{c.targets.map((target) => <Link key={target.id} href={`/targets/${target.id}`}>{target.name}</Link>)}</Fact>
          </dl>
          {latest.value && (
            <section>
              <h2>Report of the latest failure</h2>
              <pre className="report" tabIndex={0}>{visible(latest.value.report) || "The console was empty."}</pre>
              <div className="tools"><Link className="button primary" href={`/failures/${latest.value.id}#log`}>Read its log</Link></div>
              {repeatedBy(latest.value) !== "never" && <Commands failure={latest.value.id} recorded={repeatedBy(latest.value) === "replay"} />}
            </section>
          )}
          <section>
            <h2>Failures</h2>
            <Show of={failures}>
              {({ items, next }) =>
                items.length === 0 ? <Empty>No failures on this page.</Empty> : (
                  <>
                    <Choosable crash={c} items={items} done={again} />
                    <Pager next={next} cursor={cursor} />
                    {items.length > 1 && <ScheduleMap items={items} />}
                  </>
                )
              }
            </Show>
          </section>
          {first && <Comparisons key={first} failure={first} />}
          {first && <When key={`when ${first}`} failure={first} />}
          <Similar crash={c} done={again} />
          <Signatures crash={c} done={again} />
          <Actions key={c.title} crash={c} done={again} />
          {history.value && history.value.items.length > 0 && (
            <section>
              <h2>History</h2>
              <ul className="history">
                {history.value.items.map((change, i) => (
                  <li key={i}><Time at={change.at} /> {word(change.kind)}: <Guest text={change.before} /> → <Guest text={change.after} /> <span className="quiet">{change.note}</span></li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </Show>
  );
}

/** Each failure's phase, which is the guest's time from the begin of its delay to the test, against the speed. */
function ScheduleMap({ items }: { items: Failure[] }) {
  const dots = items
    .flatMap(({ delay, coordinates: { schedule } }) => (typeof delay === "number" ? [[(delay * 2 ** schedule.shift) / 1_000, schedule.shift] as const] : []))
    .sort((a, b) => a[0] - b[0]);
  if (dots.length < 2) return null;
  return (
    <Chart label="Schedule map: shift against phase (the delay before the iteration, in µs of the guest's time), failures of this page" time={false} x={dots.map(([x]) => x)}
      lines={[{ label: "shift", values: dots.map(([, y]) => y), colour: "--bad", points: true }]} />
  );
}
