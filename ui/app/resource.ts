import { useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "./api";

export type Resource<T> = { value: T | null; problem: Problem | null; again: () => void };

/**
 * What the server says, asked again and again. A value that was once there stays while the server is away.
 *
 * @param key asks anew when it changes; null asks nothing
 * @param everyMillis 0 asks once
 */
export function useResource<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>, everyMillis = 0): Resource<T> {
  const [state, setState] = useState<{ key: string | null; value: T | null; problem: Problem | null }>({ key, value: null, problem: null });
  const [turn, setTurn] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  const interval = useRef(everyMillis);
  interval.current = everyMillis;
  const resting = useRef(false);
  useEffect(() => {
    if (key === null) return undefined;
    resting.current = false;
    const ending = new AbortController();
    let timer: number | undefined;
    const run = async () => {
      let trouble = false;
      try {
        const value = await latest.current(ending.signal);
        if (!ending.signal.aborted) setState({ key, value, problem: null });
      } catch (e) {
        if (ending.signal.aborted) return;
        const problem = e instanceof Problem ? e : new Problem(0, String(e));
        trouble = problem.status === 0 || problem.status >= 500;
        setState((old) => ({ key, value: old.key === key ? old.value : null, problem }));
      }
      // A lost server is asked until it is back, whatever the interval.
      const wait = trouble ? 2_000 : interval.current;
      if (ending.signal.aborted) return;
      if (wait > 0) timer = window.setTimeout(run, wait);
      else resting.current = true;
    };
    void run();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [key, turn]);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  // What is on its way is not asked for anew because it is wanted more often from now on.
  useEffect(() => {
    if (everyMillis === 0 || !resting.current) return undefined;
    const timer = window.setTimeout(again, everyMillis);
    return () => clearTimeout(timer);
  }, [everyMillis, again]);
  return state.key === key ? { value: state.value, problem: state.problem, again } : { value: null, problem: null, again };
}

/**
 * Asks again for what depends on something else when that changes, and keeps what was there until the answer comes.
 *
 * @param version of what they depend on; null while that is not known, which is no change
 */
export function useAgain(version: string | null, ...resources: Resource<unknown>[]): void {
  const seen = useRef<string | null>(null);
  const all = useRef(resources);
  all.current = resources;
  useEffect(() => {
    if (version === null) return;
    if (seen.current !== null && seen.current !== version) all.current.forEach((resource) => resource.again());
    seen.current = version;
  }, [version]);
}
