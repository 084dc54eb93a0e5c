import { get, query } from "../api";
import { cut } from "../format";
import { Empty, Filter, Guest, Pager, Show, Table, Time, Title } from "../parts";
import { useResource } from "../resource";
import { Link, setQuery, useAddress } from "../router";
import type { Act, Page } from "../types";

const ACTS = ["jobs", "targets", "crashes", "failures", "tokens", "retention", "audit"].map((name) => [name, name] as const);
/** Places that have a page for each thing. */
const PAGES = ["jobs", "targets", "crashes", "failures"];
const LONGEST_DETAIL = 160;

/** What it was done to, with the way there where there is one. What a replay was ordered of is a failure; what was deleted is gone. */
function Subject({ of: { act, subject } }: { of: Act }) {
  if (!subject) return <span className="quiet">–</span>;
  const [place = "", verb] = act.split(".");
  const id = <code title={subject}>{subject.slice(0, 12)}</code>;
  return PAGES.includes(place) && verb !== "delete" ? <Link href={`/${place}/${subject}`}>{id}</Link> : id;
}

/** For administrators: who changed what, when, and from where. */
export function Trail() {
  const words = useAddress().searchParams;
  const cursor = words.get("cursor");
  const [act, caller, subject] = ["act", "caller", "subject"].map((name) => words.get(name) ?? "");
  const path = `/trail${query({ limit: 50, act, caller, subject, cursor })}`;
  const list = useResource(path, (signal) => get<Page<Act>>(path, signal), 10_000);
  return (
    <>
      <Title name="Audit trail" />
      <div className="tools">
        <Filter name="Act" all="any act" of={ACTS} value={act!} />
        {["Caller", "Subject"].map((name) => (
          <input
            key={name}
            type="search"
            aria-label={name}
            placeholder={name}
            defaultValue={name === "Caller" ? caller : subject}
            onChange={(event) => setQuery({ [name.toLowerCase()]: event.target.value.trim(), cursor: null })}
          />
        ))}
      </div>
      <Show of={list}>
        {({ items, next }) =>
          items.length === 0 ? <Empty>{act || caller || subject || cursor ? "No matching acts." : "Nothing has been changed yet."}</Empty> : (
            <>
              <Table label="Acts" head={<><th>When</th><th>Who</th><th>From</th><th>Act</th><th>Subject</th><th>Request</th><th className="n">Answer</th></>}>
                {items.map((entry, at) => (
                  <tr key={`${entry.at} ${at}`}>
                    <td><Time at={entry.at} /></td>
                    <td title={entry.callerId ?? undefined}><Guest text={entry.caller} /></td>
                    <td>{entry.address}</td>
                    <td>{entry.act.replaceAll(".", " ")}</td>
                    <td><Subject of={entry} /></td>
                    <td className="name">{entry.detail ? <code title={entry.detail}><Guest text={cut(entry.detail, LONGEST_DETAIL).shown} /></code> : <span className="quiet">–</span>}</td>
                    <td className="n">{entry.status ?? "–"}</td>
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
