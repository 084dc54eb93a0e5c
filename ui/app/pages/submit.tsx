import { useState, type FormEvent } from "react";
import { get, post, Problem } from "../api";
import { Copy, Empty, Show, Title, Trouble } from "../parts";
import { useResource } from "../resource";
import { go, Link, useAddress } from "../router";
import { curl, draft as fromAddress, request, yaml, type Draft } from "../submission";
import type { Job, Page, Target } from "../types";

type Field = { name: keyof Draft; label: string; hint: string; placeholder?: string };
const FIELDS: Field[] = [
  { name: "iterations", label: "Iterations", hint: "most to run" },
  { name: "stopAfterFailures", label: "Stop after failures", hint: "0: never" },
  { name: "wallTime", label: "Wall time", hint: "30m, 8h; empty: no limit" },
  { name: "iterationsPerBatch", label: "Iterations per batch", hint: "empty: the target's own" },
  { name: "name", label: "Name", hint: "empty: the target's" },
];

export function Submit() {
  const words = useAddress().searchParams;
  const [draft, setDraft] = useState(() => fromAddress(words));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  // One key per form: a second click makes no second job.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const targets = useResource("targets", (signal) => get<Page<Target>>("/targets?limit=500", signal));
  const chosen = draft.target || targets.value?.items[0]?.id || "";
  const set = (name: keyof Draft, value: string) => {
    setDraft({ ...draft, [name]: value });
    setKey(crypto.randomUUID());
  };
  const input = ({ name, label, hint, placeholder }: Field) => (
    <label key={name} className={problem?.field?.split(".")[0] === name ? "wrong" : undefined}>
      <span>{label} <small>{hint}</small></span>
      <input name={name} value={draft[name]} placeholder={placeholder} onChange={(event) => set(name, event.target.value)} />
    </label>
  );
  const body = request({ ...draft, target: chosen });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const job = await post<Job>("/jobs", body, { "Idempotency-Key": key });
      go(`/jobs/${job.id}`);
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, String(e)));
      setBusy(false);
    }
  };
  return (
    <>
      <Title name="Submit a job" />
      <Show of={targets}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>A hunt needs a target, and there is none. <Link href="/targets">Upload one</Link>.</Empty>
          ) : (
            <div className="columns">
              <form className="form" onSubmit={(event) => void submit(event)}>
                <label>
                  <span>Target</span>
                  <select name="target" value={chosen} onChange={(event) => set("target", event.target.value)}>
                    {items.map((target) => <option key={target.id} value={target.id}>{target.name} · {target.id.slice(0, 12)}</option>)}
                  </select>
                </label>
                <label>
                  <span>Strategy <small>how schedules are chosen</small></span>
                  <select name="kind" value={draft.kind} onChange={(event) => setDraft({ ...draft, kind: event.target.value, other: "" })}>
                    <option value="random">random: other delays in each iteration</option>
                    <option value="fixed">fixed: one schedule</option>
                    {!["random", "fixed"].includes(draft.kind) && <option value={draft.kind}>{draft.kind}, as the earlier job had it</option>}
                  </select>
                </label>
                {!draft.other && input({ name: "shifts", label: draft.kind === "fixed" ? "Shift" : "Shifts", hint: "an instruction lasts 2^shift ns; empty: as at boot", placeholder: draft.kind === "fixed" ? "4" : "4, 6" })}
                {draft.kind === "random" && input({ name: "seed", label: "Seed", hint: "empty: a new one" })}
                {draft.kind === "fixed" && input({ name: "delay", label: "Delay", hint: "instructions before each iteration" })}
                {FIELDS.map(input)}
                {problem && <Trouble problem={problem} />}
                <button type="submit" className="primary" disabled={busy}>Submit</button>
              </form>
              <section className="same">
                <h2>The same elsewhere</h2>
                <Copy label="curl" text={curl(body, location.origin)} />
                <Copy label="job.yaml" text={yaml(body)} />
                <p className="quiet"><code>./bohrwerk submit job.yaml</code> takes the latter.</p>
              </section>
            </div>
          )
        }
      </Show>
    </>
  );
}
