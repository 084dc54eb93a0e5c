import { useEffect, useState } from "react";
import { get } from "../api";
import { useResource } from "../resource";
import type { Job, Sample } from "../types";

export const ENDED = new Set(["COMPLETED", "CANCELLED", "ERROR"]);

/** The job as the server's events tell it, and what it had counted when. Asks anew until the stream is back. */
export function useJob(id: string) {
  const job = useResource(id, (signal) => get<Job>(`/jobs/${id}`, signal));
  const before = useResource(`samples ${id}`, (signal) => get<Sample[]>(`/jobs/${id}/samples`, signal));
  const [live, setLive] = useState<Job | null>(null);
  const [lost, setLost] = useState(false);
  const [since, setSince] = useState<Sample[]>([]);
  const known = job.value !== null;
  const ended = live ? ENDED.has(live.state) : job.value ? ENDED.has(job.value.state) : false;
  useEffect(() => {
    if (!known || ended) return undefined;
    const events = new EventSource(`/api/v1/jobs/${id}/events`);
    events.addEventListener("job", (event) => {
      const value = JSON.parse((event as MessageEvent<string>).data) as Job;
      setLive(value);
      setLost(false);
      setSince((old) => (value.iterations === (old.at(-1)?.iterations ?? 0) ? old : [...old.slice(-600), sampleOf(value)]));
    });
    events.onerror = () => setLost(true);
    return () => events.close();
  }, [id, known, ended]);
  useEffect(() => {
    if (!lost || ended) return undefined;
    const timer = setInterval(job.again, 3_000);
    return () => clearInterval(timer);
  }, [lost, ended, job.again]);
  // The stream ends with the job, which looks like a loss: what it said last stays true.
  const last = live !== null && ENDED.has(live.state);
  return { ...job, value: lost && !last ? job.value ?? live : live ?? job.value, samples: joined(before.value ?? [], since, job.value) };
}

const sampleOf = (job: Job): Sample => ({ at: job.finishedAt ?? new Date().toISOString(), iterations: job.iterations, failures: job.failures, failureRate: job.failureRate });

/** What the server kept, what came since, and where an ended job ended; in order, each count once. */
export function joined(kept: Sample[], since: Sample[], ended: Job | null): Sample[] {
  const last = ended && ENDED.has(ended.state) && ended.iterations > 0 ? [sampleOf(ended)] : [];
  const all: Sample[] = [];
  for (const sample of [...kept, ...since, ...last]) {
    if (sample.iterations > (all.at(-1)?.iterations ?? 0)) all.push(sample);
  }
  return all;
}
