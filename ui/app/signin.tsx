import { useState, type FormEvent } from "react";
import { post, Problem } from "./api";
import { Title, Trouble } from "./parts";

/** Asks for a token. The server keeps it in a cookie that no script can read, for as long as the browser runs. */
export function SignIn({ done }: { done: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const field = event.currentTarget.elements.namedItem("token") as HTMLInputElement;
    setBusy(true);
    try {
      await post("/session", undefined, { Authorization: `Bearer ${field.value.trim()}` });
      field.value = "";
      done();
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, String(e)));
      setBusy(false);
    }
  };
  return (
    <>
      <Title name="Sign in" />
      <p>
        This server requires a token. An administrator creates one with <code>./bohrwerk token create NAME --scope read</code>.
      </p>
      {problem && <Trouble problem={problem} />}
      <form className="form" onSubmit={submit} autoComplete="off">
        <label>
          Token
          <input name="token" type="password" required maxLength={3800} autoFocus spellCheck={false} autoComplete="off" />
        </label>
        <button className="primary" disabled={busy}>
          Sign in
        </button>
      </form>
    </>
  );
}
