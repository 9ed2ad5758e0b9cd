/** A programme as POST and GET /v1/programmes answer it. */
export interface Programme {
  id: string;
  title?: string;
  language?: string;
  state?: string;
  ingest_url: string;
  events_url: string;
  view_url: string;
}

export interface ModelInfo {
  id: string;
  default?: boolean;
  note?: string;
}

/** A refusal by the server: code is stable, message is for people. */
export class Refusal extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Refusal("unavailable", "");
  }
  const body = (await answer.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
  if (!answer.ok) throw new Refusal(body.error?.code ?? "other", body.error?.message ?? answer.statusText);
  return body as T;
}

export function createProgramme(title: string, language: string, kind: "websocket" | "demo"): Promise<Programme> {
  return call("/v1/programmes", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ title, language, source: { kind } }),
  });
}

export function getProgramme(id: string): Promise<Programme> {
  return call(`/v1/programmes/${encodeURIComponent(id)}`);
}

export async function listModels(): Promise<ModelInfo[]> {
  return (await call<{ data: ModelInfo[] }>("/v1/models")).data;
}
