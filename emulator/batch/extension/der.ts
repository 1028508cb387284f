/** One element of a DER encoding. */
export interface Element {
  readonly tag: number;
  /** Its content, without tag and length. */
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

export const tags = {
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  context0: 0x80,
  explicit0: 0xa0,
} as const;

/** The elements that `bytes` consists of. @throws {Error} where it is not DER */
export function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const { content, end } = contentAt(bytes, at);
    found.push({ tag: bytes[at] ?? 0, content, whole: bytes.subarray(at, end) });
    at = end;
  }
  return found;
}

/** Of the element that begins at `start`. */
function contentAt(bytes: Buffer, start: number): { content: Buffer; end: number } {
  const first = bytes[start + 1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const from = start + 2 + lengthBytes;
  const length =
    lengthBytes === 0
      ? first
      : lengthBytes <= 4 && from <= bytes.length
        ? bytes.readUIntBE(start + 2, lengthBytes)
        : Infinity;
  if (from + length > bytes.length) throw new Error("the encoding ends early");
  return { content: bytes.subarray(from, from + length), end: from + length };
}

/** Child elements of the only element in `bytes`. */
export function children(bytes: Buffer): Element[] {
  return elements(elements(bytes)[0]?.content ?? Buffer.alloc(0));
}

/** A count, such as that of iterations. */
export function integer({ content }: Element): number {
  if (content.length < 1 || content.length > 6) throw new Error("a number of 1 to 6 bytes was expected");
  return content.readUIntBE(0, content.length);
}

/** `1.2.840.113549…` */
export function objectIdentifier({ tag, content }: Element): string {
  if (tag !== tags.objectIdentifier) throw new Error("an object identifier was expected");
  const parts: number[] = [];
  let part = 0;
  for (const byte of content) {
    part = part * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(part);
      part = 0;
    }
  }
  const [first = 0, ...rest] = parts;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join(".");
}
