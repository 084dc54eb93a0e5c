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
  useEffect(() => {
    if (key === null) return undefined;
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
      const wait = trouble ? 2_000 : everyMillis;
      if (wait > 0 && !ending.signal.aborted) timer = window.setTimeout(run, wait);
    };
    void run();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [key, turn, everyMillis]);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  return state.key === key ? { value: state.value, problem: state.problem, again } : { value: null, problem: null, again };
}
