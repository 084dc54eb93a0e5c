/** The way to the API. Every trouble becomes a Problem with words for people. */
export class Problem extends Error {
  /** @param status 0 when no answer came */
  constructor(
    readonly status: number,
    message: string,
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

const API = "/api/v1";
/** A server that takes longer is as good as lost; the page says so and goes on asking. */
const LIMIT_MILLIS = 20_000;

async function answer(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    const limit = AbortSignal.timeout(LIMIT_MILLIS);
    response = await fetch(path, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit });
  } catch (e) {
    if (init?.signal?.aborted) throw e;
    throw new Problem(0, "The server does not answer. It may have been stopped: ./bohrwerk status tells, ./bohrwerk up starts it.");
  }
  if (response.status === 401) dispatchEvent(new Event("stranger"));
  if (!response.ok && response.status !== 503) throw await problem(response);
  return response;
}

async function problem(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as { detail?: string; title?: string; field?: string };
    return new Problem(response.status, body.detail ?? body.title ?? `The server says ${response.status}.`, body.field ?? null);
  } catch {
    return new Problem(response.status, `The server says ${response.status} ${response.statusText}`.trim() + ".");
  }
}

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await answer(path, init);
  if (response.status === 503) throw await problem(response);
  return (await response.json()) as T;
}

/** Whenever the server does not know who asks, the window hears of a "stranger". */
export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => json<T>(API + path, { signal });

export const post = <T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> =>
  json<T>(API + path, {
    method: "POST",
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

export const upload = <T>(path: string, files: Iterable<File>): Promise<T> => {
  const form = new FormData();
  for (const file of files) form.append("file", file, file.name);
  return json<T>(API + path, { method: "POST", body: form });
};

export const signOut = async (): Promise<void> => void (await answer(`${API}/session`, { method: "DELETE" }));

/** Health answers 503 with a body that says what is down. */
export const health = async <T>(signal?: AbortSignal): Promise<T> =>
  (await answer("/actuator/health", { signal })).json() as Promise<T>;

export const query = (parameters: Record<string, string | number | boolean | null | undefined>): string => {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") words.set(name, String(value));
  }
  const text = words.toString();
  return text ? `?${text}` : "";
};
