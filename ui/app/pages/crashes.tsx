import { get, query } from "../api";
import { number, word } from "../format";
import { Badge, Empty, Filter, Guest, names, NextStep, Pager, RateWords, Show, Table, Time, Title, Verified } from "../parts";
import { useResource } from "../resource";
import { Link, setQuery, useAddress } from "../router";
import type { Crash, CrashState, Page, Target } from "../types";

const TABS: CrashState[] = ["OPEN", "FIXED", "INVALID", "DUPLICATE"];

function Head({ sort, by, children, className }: { sort: string; by: string; children: string; className?: string }) {
  return (
    <th className={className} aria-sort={sort === by ? (by === "title" ? "ascending" : "descending") : undefined}>
      <button type="button" className="sort" onClick={() => setQuery({ sort: by, cursor: null })}>
        {children}
        {sort === by && <span aria-hidden="true">{by === "title" ? " ↑" : " ↓"}</span>}
      </button>
    </th>
  );
}

export function Crashes() {
  const words = useAddress().searchParams;
  const state = words.get("state") ?? "open";
  const sort = words.get("sort") ?? "last-seen";
  const text = words.get("text") ?? "";
  const target = words.get("target") ?? "";
  const cursor = words.get("cursor");
  const path = `/crashes${query({ state: state === "all" ? null : state, sort, target, text, cursor, limit: 50 })}`;
  const list = useResource(path, (signal) => get<Page<Crash>>(path, signal), 5_000);
  const counts = useResource("counts", (signal) => get<Record<CrashState, number>>("/crashes/counts", signal), 5_000);
  const targets = useResource("targets", (signal) => get<Page<Target>>("/targets?limit=500", signal));
  const all = counts.value ? TABS.reduce((sum, tab) => sum + counts.value![tab], 0) : null;
  return (
    <>
      <Title name="Crashes" />
      <div className="tools">
        <nav className="tabs" aria-label="States">
          {[...TABS.map((tab) => [tab.toLowerCase(), counts.value?.[tab] ?? null] as const), ["all", all] as const].map(([tab, count]) => (
            <Link key={tab} href={`/crashes${query({ state: tab, sort: words.get("sort"), target, text })}`} aria-current={tab === state ? "true" : undefined}>
              {tab} {count !== null && <small>{number(count)}</small>}
            </Link>
          ))}
        </nav>
        <Filter name="Target" all="any target" value={target} of={targets.value?.items.map(({ id, name }) => [id, `${name} · ${id.slice(0, 8)}`] as const) ?? []} />
        <input
          type="search"
          aria-label="Part of a title"
          placeholder="Part of a title"
          defaultValue={text}
          onChange={(event) => setQuery({ text: event.target.value, cursor: null })}
        />
      </div>
      <Show of={list}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty>
              {text ? <>No crash here has “{text}” in its title.</> : target ? <>No crash of this kind was seen on this target.</> : state === "open" || state === "all" ? <>No crash. <Link href="/submit">Submit a hunt</Link> to find one.</> : <>No crash is marked as {state}.</>}
            </Empty>
          ) : (
            <>
              <Table
                label="Crashes"
                head={
                  <>
                    <Head sort={sort} by="title">Title</Head>
                    <Head sort={sort} by="failures" className="n">Count</Head>
                    <th>Rate where seen</th>
                    <Head sort={sort} by="last-seen">Last seen</Head>
                    <Head sort={sort} by="first-seen">First seen</Head>
                    <th>Targets</th>
                    <th>Replay</th>
                    <th>State</th>
                    <th>Next step</th>
                  </>
                }
              >
                {items.map((crash) => (
                  <tr key={crash.id}>
                    <td className="name main"><Link href={`/crashes/${crash.id}`}><Guest text={crash.title} /></Link></td>
                    <td className="n">{number(crash.failures)}</td>
                    <td><RateWords rate={crash.failureRate} failures={crash.failuresSampled} iterations={crash.iterations} /></td>
                    <td><Time at={crash.lastSeen} /></td>
                    <td><Time at={crash.firstSeen} /></td>
                    <td className="few" title={crash.targets.map((target) => target.name).join(", ")}>{names(crash.targets)}</td>
                    <td><Verified crash={crash} /></td>
                    <td><Badge of={crash.state} title={word(crash.outcome)} /></td>
                    <td><NextStep crash={crash} /></td>
                  </tr>
                ))}
              </Table>
              <Pager next={next} cursor={cursor} />
            </>
          )
        }
      </Show>
    </>
  );
}
