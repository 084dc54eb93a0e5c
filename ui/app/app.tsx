import { useEffect, useRef, useState, type ReactNode } from "react";
import { Crashes } from "./pages/crashes";
import { Comparison } from "./pages/comparison";
import { Crash } from "./pages/crash";
import { Failure } from "./pages/failure";
import { Failures } from "./pages/failures";
import { Job } from "./pages/job";
import { Jobs } from "./pages/jobs";
import { Overview } from "./pages/overview";
import { Submit } from "./pages/submit";
import { Targets } from "./pages/targets";
import { Trail } from "./pages/trail";
import { Workers } from "./pages/workers";
import { get, signOut } from "./api";
import { Empty, Guest, Title } from "./parts";
import { go, Link, useAddress } from "./router";
import { SignIn } from "./signin";

const PLACES = [
  ["/", "Overview", "o"],
  ["/crashes", "Crashes", "c"],
  ["/jobs", "Jobs", "j"],
  ["/targets", "Targets", "t"],
  ["/workers", "Workers", "w"],
  ["/submit", "Submit", "s"],
] as const;

function page(path: string): ReactNode {
  const [, place = "", id] = path.split("/");
  if (path === "/") return <Overview />;
  if (place === "crashes") return id ? <Crash key={id} id={id} /> : <Crashes />;
  if (place === "failures") return id ? <Failure key={id} id={id} /> : <Failures />;
  if (place === "comparisons" && id) return <Comparison key={id} id={id} />;
  if (place === "jobs") return id ? <Job key={id} id={id} /> : <Jobs />;
  if (place === "targets") return <Targets id={id ?? null} />;
  if (path === "/workers") return <Workers />;
  if (path === "/trail") return <Trail />;
  if (path === "/submit") return <Submit />;
  return (
    <>
      <Title name="No such page" />
      <Empty>
        There is nothing at <code>{path}</code>. <Link href="/">Overview</Link>
      </Empty>
    </>
  );
}

type Theme = "light" | "dark" | null;
const THEME = "bohrwerk-theme";

function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = localStorage.getItem(THEME);
    return kept === "light" || kept === "dark" ? kept : null;
  });
  useEffect(() => {
    if (theme) {
      document.documentElement.dataset.theme = theme;
      localStorage.setItem(THEME, theme);
    } else {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem(THEME);
    }
    dispatchEvent(new Event("themechange"));
  }, [theme]);
  return [theme, setTheme];
}

/** "g" and a place's letter goes there, "/" to the page's search. Never while somebody types. */
function useKeys(): void {
  const gone = useRef(false);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const at = event.target as HTMLElement;
      if (event.metaKey || event.ctrlKey || event.altKey || at.closest("input, textarea, select")) return;
      if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("input[type=search]");
        if (search) {
          event.preventDefault();
          search.focus();
        }
      } else if (gone.current) {
        const place = PLACES.find(([, , letter]) => letter === event.key);
        if (place) go(place[0]);
      }
      gone.current = event.key === "g";
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
}

type Who = { name: string; scope: string | null; expiresAt: string | null };

/** Who is signed in: null while that is not known, false when nobody is and somebody must be. */
function useWho(): [Who | null | false, () => void] {
  const [who, setWho] = useState<Who | null | false>(null);
  const ask = () => void get<Who>("/session").then(setWho, () => undefined);
  useEffect(() => {
    const stranger = () => setWho(false);
    addEventListener("stranger", stranger);
    ask();
    return () => removeEventListener("stranger", stranger);
  }, []);
  return [who, ask];
}

export function App() {
  const [who, askWho] = useWho();
  const path = useAddress().pathname.replace(/(.)\/$/, "$1");
  const [theme, setTheme] = useTheme();
  useKeys();
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="bar">
        <nav aria-label="Places">
          <Link href="/" className="brand" aria-label="Bohrwerk, overview">
            <img src="/bohrwerk.svg" alt="" width="20" height="20" />
            <span>Bohrwerk</span>
          </Link>
          {PLACES.map(([href, name, letter]) => (
            <Link
              key={href}
              href={href}
              title={`g ${letter}`}
              aria-current={(href === "/" ? path === "/" : path.startsWith(href)) ? "page" : undefined}
            >
              {name}
            </Link>
          ))}
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        {who === false ? <SignIn done={askWho} /> : page(path)}
      </main>
      <footer className="foot">
        <a href="/openapi">REST API</a>
        <a href="/actuator/health">Health</a>
        {who && who.scope === "admin" && <Link href="/trail">Audit trail</Link>}
        {who && who.name !== "everyone" && (
          <span>
            Signed in as <Guest text={who.name} /> ({who.scope ?? "no scope"}){" "}
            <button onClick={() => void signOut().then(askWho)}>Sign out</button>
          </span>
        )}
        <span className="quiet">
          <kbd>g</kbd> and a page's first letter goes there, <kbd>/</kbd> searches
        </span>
        <label className="theme">
          <span className="sr">Colours</span>
          <select value={theme ?? ""} onChange={(event) => setTheme((event.target.value || null) as Theme)}>
            <option value="">System</option>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select>
        </label>
      </footer>
    </>
  );
}
