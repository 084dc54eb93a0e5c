import { useState, type FormEvent } from "react";
import { get, post, Problem } from "../api";
import { ChoiceFields } from "../choice";
import { Confidence, TargetField, Trouble } from "../parts";
import { useResource } from "../resource";
import { go } from "../router";
import { SettingFields } from "../setting";
import { RANDOM, settingChoice, settingOf, share, strategy, type Choice, type SettingChoice } from "../submission";
import type { Comparison, Job, Page, Target } from "../types";

/** What can be asked about a job once it has found something: each question makes the jobs that answer it. */
export function Questions({ job }: { job: Job }) {
  const targets = useResource("targets", (signal) => get<Page<Target>>("/targets?limit=500", signal));
  if (!targets.value) return null;
  return (
    <section>
      <h2>Ask</h2>
      <div className="columns">
        <IsItFixed job={job} targets={targets.value.items} />
        <Compare job={job} targets={targets.value.items} />
      </div>
    </section>
  );
}

function useAsking(ask: () => Promise<string>) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      go(await ask());
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, String(e)));
    }
  };
  return { problem, submit: (event: FormEvent) => void submit(event) };
}

const iterationsOf = (text: string) => (text.trim() === "" ? undefined : Number(text.replaceAll(",", "")) || text);

function IsItFixed({ job, targets }: { job: Job; targets: Target[] }) {
  // The kernel with the fix is most likely the newest other target.
  const [target, setTarget] = useState(() => targets.find(({ id }) => id !== job.target)?.id ?? job.target);
  const [confidence, setConfidence] = useState("0.95");
  const [rate, setRate] = useState("");
  const { problem, submit } = useAsking(async () => {
    const made = await post<Job>(`/jobs/${job.id}/is-it-fixed`, { target, confidence: Number(confidence), ...(rate.trim() ? { rate: share(rate) } : {}) });
    return `/jobs/${made.id}`;
  });
  return (
    <details className="ask">
      <summary>Is it fixed?</summary>
      <form className="form" onSubmit={submit}>
        <p className="quiet">Runs as many clean iterations on another target as it takes to say that the failure is gone, and says how sure that is.</p>
        <TargetField targets={targets} value={target} set={setTarget} />
        <div className="fields">
          <Confidence value={confidence} set={setConfidence} hint="to be reached" />
          <label><span>Rate</span><input name="rate" value={rate} onChange={(event) => setRate(event.target.value)} /><small>as 1 in 20,000; empty: this job's</small></label>
        </div>
        {problem && <Trouble problem={problem} />}
        <button type="submit">Ask whether it is fixed</button>
      </form>
    </details>
  );
}

function Compare({ job, targets }: { job: Job; targets: Target[] }) {
  const [target, setTarget] = useState(job.target);
  const [choice, setChoice] = useState<Choice | null>(null);
  const own = settingChoice(job.setting);
  const [setting, setSetting] = useState(own);
  const changed = Object.entries(own).some(([name, value]) => setting[name as keyof SettingChoice] !== value);
  const [iterations, setIterations] = useState("");
  const [confidence, setConfidence] = useState("0.95");
  const { problem, submit } = useAsking(async () => {
    const made = await post<Comparison>(`/jobs/${job.id}/compare`, {
      with: { ...(target === job.target ? {} : { target }), ...(choice ? { strategy: strategy(choice) } : {}), ...(changed ? { setting: settingOf(setting) ?? {} } : {}) },
      iterations: iterationsOf(iterations),
      confidence: Number(confidence),
    });
    return `/comparisons/${made.id}`;
  });
  return (
    <details className="ask">
      <summary>Compare with another setting</summary>
      <form className="form" onSubmit={submit}>
        <p className="quiet">Runs this job as it was and with a change, alternating batch by batch, and says whether the failure rates differ.</p>
        <TargetField targets={targets} value={target} set={setTarget} />
        <label className="check"><input type="checkbox" checked={choice !== null} onChange={(event) => setChoice(event.target.checked ? RANDOM : null)} /> Another strategy</label>
        {choice && <ChoiceFields choice={choice} set={setChoice} wrong={problem?.field} />}
        <SettingFields setting={setting} set={setSetting} target={targets.find(({ id }) => id === target)} wrong={problem?.field} />
        <div className="fields">
          <label><span>Iterations of each side</span><input name="sideIterations" value={iterations} onChange={(event) => setIterations(event.target.value)} /><small>empty: enough to expect 30 failures</small></label>
          <Confidence value={confidence} set={setConfidence} hint="of the answer" />
        </div>
        {problem && <Trouble problem={problem} />}
        <button type="submit">Compare</button>
      </form>
    </details>
  );
}
