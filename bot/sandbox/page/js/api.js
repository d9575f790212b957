/** The sandbox's control API. */

export class Refused extends Error {}

async function request(method, path, body) {
  const options = { method, cache: "no-store" };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const answer = await fetch(`/sandbox/${path}`, options);
  const text = await answer.text();
  let data = null;
  try {
    data = JSON.parse(text);
  } catch {
    data = null;
  }
  if (!answer.ok) throw new Refused(data?.error ?? data?.description ?? `${answer.status} ${answer.statusText}`);
  return data;
}

export const api = {
  state: () => request("GET", "state"),
  addPerson: (person) => request("POST", "people", person),
  changePerson: (id, change) => request("PATCH", `people/${id}`, change),
  guide: () => request("GET", "guide"),
  messages: (id) => request("GET", `chats/${id}/messages`),
  start: (id) => request("POST", `chats/${id}/start`, {}),
  send: (id, content) => request("POST", `chats/${id}/send`, content),
  edit: (id, messageId, text) => request("POST", `chats/${id}/edit`, { message_id: messageId, text }),
  tap: (id, messageId, button) => request("POST", `chats/${id}/tap`, { message_id: messageId, ...button }),
  read: (id) => request("POST", `chats/${id}/read`, {}),
  query: (id) => request("GET", `queries/${encodeURIComponent(id)}`),
  calls: (after) => request("GET", `calls?after=${after}`),
  shift: (seconds) => request("POST", "clock", { shift: seconds }),
};
