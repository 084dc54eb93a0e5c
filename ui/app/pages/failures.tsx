import { get, query } from "../api";
import { Empty, Pager, Show, Title } from "../parts";
import { useResource } from "../resource";
import { Link, useAddress } from "../router";
import type { Failure, Page } from "../types";
import { FailureTable } from "./crash";

/** All of them, latest first; by kind they are on the pages of crashes and jobs. */
export function Failures() {
  const cursor = useAddress().searchParams.get("cursor");
  const path = `/failures${query({ limit: 50, cursor, report: false })}`;
  const list = useResource(path, (signal) => get<Page<Failure>>(path, signal), 5_000);
  return (
    <>
      <Title name="Failures" />
      <Show of={list}>
        {({ items, next }) =>
          items.length === 0 ? <Empty>No failure yet. <Link href="/submit">Submit a hunt</Link> to find one.</Empty> : (
            <>
              <FailureTable items={items} />
              <Pager next={next} cursor={cursor} />
            </>
          )
        }
      </Show>
    </>
  );
}
