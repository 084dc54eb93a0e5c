import { useState, type FormEvent } from "react";
import { get, post, Problem } from "../api";
import { ChoiceFields } from "../choice";
import { Confidence, Copy, Empty, Show, TargetField, Title, Trouble } from "../parts";
import { useResource } from "../resource";
import { SettingFields } from "../setting";
import { go, Link, useAddress } from "../router";
import { curl, draft as fromAddress, request, yaml, type Draft } from "../submission";
import type { Job, Page, Target } from "../types";

type Name = "name" | "iterations" | "stopAfterFailures" | "rateBelow" | "wallTime" | "iterationsPerBatch";

export function Submit() {
  const words = useAddress().searchParams;
  const [draft, setDraft] = useState(() => fromAddress(words));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  // One key per form: a second click makes no second job.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const targets = useResource("targets", (signal) => get<Page<Target>>("/targets?limit=500", signal));
  const chosen = draft.target || targets.value?.items[0]?.id || "";
  const change = (changes: Partial<Draft>) => {
    setDraft({ ...draft, ...changes });
    setKey(crypto.randomUUID());
  };
  const field = (name: Name, label: string, hint: string, refused: string = name) => (
    <label className={problem?.field?.split(".")[0] === refused ? "wrong" : undefined}>
      <span>{label}</span>
      <input name={name} value={draft[name]} onChange={(event) => change({ [name]: event.target.value })} />
      <small>{hint}</small>
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
                <TargetField targets={items} value={chosen} set={(target) => change({ target })} />
                <ChoiceFields choice={draft} set={change} wrong={problem?.field} />
                <SettingFields setting={draft.setting} set={(setting) => change({ setting })} target={items.find(({ id }) => id === chosen)} wrong={problem?.field} />
                <fieldset>
                  <legend>Stop when any of these is met</legend>
                  <div className="fields">
                    {field("iterations", "Iterations", "empty: 1,000,000, or every place that the strategy tries")}
                    {field("stopAfterFailures", "Failures", "0: never")}
                    {field("wallTime", "Wall time", "30m, 8h; empty: no limit")}
                    {field("rateBelow", "Rate is below", "such as 1 in 20,000; only where iterations are drawn at random", "stopWhenRateBelow")}
                    <Confidence value={draft.confidence} set={(confidence) => change({ confidence })} hint="that it is below" />
                  </div>
                </fieldset>
                <div className="fields">
                  {field("iterationsPerBatch", "Iterations per batch", "empty: the target's, or sized for batches of a few seconds")}
                  {field("name", "Name", "empty: the target's")}
                </div>
                <label className="check">
                  <input type="checkbox" checked={draft.keepCheckpoints} onChange={(event) => change({ keepCheckpoints: event.target.checked })} />
                  Keep snapshots of failures <small>a replay can recreate them later</small>
                </label>
                {problem && <Trouble problem={problem} />}
                <button type="submit" className="primary" disabled={busy}>Submit</button>
              </form>
              <section className="same">
                <h2>The same job as curl and YAML</h2>
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
