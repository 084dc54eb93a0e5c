import { get, query } from "../api";
import { Empty, Filter, Pager, Show, Title } from "../parts";
import { useResource } from "../resource";
import { Link, setQuery, useAddress } from "../router";
import type { Failure, Page } from "../types";
import { FailureTable } from "./crash";

const OUTCOMES = ["failed", "hung", "panicked"].map((name) => [name, name] as const);
const REPLAYS = ["verified", "diverged", "not-replayed"].map((name) => [name, name.replace("-", " ")] as const);

/** All of them, latest first; those of one crash or job are on its page. */
export function Failures() {
  const words = useAddress().searchParams;
  const cursor = words.get("cursor");
  const [outcome, replay, text] = ["outcome", "replay", "text"].map((name) => words.get(name) ?? "");
  const path = `/failures${query({ limit: 50, outcome, replay, text, cursor, report: false })}`;
  const list = useResource(path, (signal) => get<Page<Failure>>(path, signal), 5_000);
  return (
    <>
      <Title name="Failures" />
      <div className="tools">
        <Filter name="Outcome" all="any outcome" of={OUTCOMES} value={outcome!} />
        <Filter name="Replay" all="any replay" of={REPLAYS} value={replay!} />
        <input
          type="search"
          aria-label="Text in the message"
          placeholder="Text in the message"
          defaultValue={text}
          onChange={(event) => setQuery({ text: event.target.value, cursor: null })}
        />
      </div>
      <Show of={list}>
        {({ items, next }) =>
          items.length === 0 ? outcome || replay || text ? <Empty>No matching failures.</Empty> : <Empty>No failure yet. <Link href="/submit">Submit a hunt</Link> to find one.</Empty> : (
            <>
              <FailureTable items={items} crash />
              <Pager next={next} cursor={cursor} />
            </>
          )
        }
      </Show>
    </>
  );
}
