/** Stands for the storage of a browser in tests. */

export class Shelf implements Storage {
  readonly held = new Map<string, string>();
  full = false;
  get length(): number {
    return this.held.size;
  }
  key = (n: number) => [...this.held.keys()][n] ?? null;
  getItem = (name: string) => this.held.get(name) ?? null;
  removeItem = (name: string) => void this.held.delete(name);
  clear = () => this.held.clear();
  setItem = (name: string, value: string) => {
    if (this.full) throw new Error("full");
    this.held.set(name, value);
  };
}
