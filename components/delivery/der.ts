/** DER, the one encoding that ASN.1 has for a value (X.690), as far as a PKCS#12 file needs it. */
export function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts);
}

/** @param parts in the order of their encodings */
export function set(...parts: readonly Buffer[]): Buffer {
  return element(0x31, ...parts);
}

/** `[0]` around an element. */
export function explicit(part: Buffer): Buffer {
  return element(0xa0, part);
}

/** `[0]` in place of an octet string's own tag. */
export function implicit(bytes: Buffer): Buffer {
  return element(0x80, bytes);
}

export function octets(bytes: Buffer): Buffer {
  return element(0x04, bytes);
}

export function bmpText(text: string): Buffer {
  return element(0x1e, bigEndianText(text));
}

/** @param value not below zero */
export function integer(value: number): Buffer {
  const bytes = base256(value);
  // A first bit that is set would make it negative.
  return element(0x02, Buffer.from((bytes[0] ?? 0) < 0x80 && bytes.length > 0 ? bytes : [0, ...bytes]));
}

/** @param id such as `1.2.840.113549.1.7.1` */
export function objectIdentifier(id: string): Buffer {
  const [first = 0, second = 0, ...rest] = id.split(".").map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

export const nothing = element(0x05);

/** UTF-16, the high byte first. */
export function bigEndianText(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = base256(content.length);
  const head = content.length < 0x80 ? [content.length] : [0x80 | length.length, ...length];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function base256(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return bytes;
}

/** All bytes but the last have their first bit set. */
function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
