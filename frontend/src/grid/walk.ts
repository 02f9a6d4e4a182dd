/**
 * Where the focus of a grid goes, as in a spreadsheet: Tab along the row (and on to the next), Enter down to the column
 * where the row of Tabs began, arrows in four directions. Pure: positions in, positions out.
 */

export interface Place {
  row: number;
  column: number;
}

export interface Size {
  rows: number;
  columns: number;
}

/** Where the caret stands in the field: arrows to the side leave it only at its ends, or when all of it is selected. */
export interface Caret {
  start: number;
  end: number;
  length: number;
}

const whole = (caret: Caret) => caret.start === 0 && caret.end === caret.length;

/** The next place, or undefined where the key stays with the field. anchor: the column where the run of Tabs began. */
export function next(key: string, shift: boolean, at: Place, size: Size, anchor: number, caret: Caret): Place | undefined {
  switch (key) {
    case "Enter":
      return inside({ row: at.row + (shift ? -1 : 1), column: anchor }, size);
    case "Tab":
      return along(at, shift ? -1 : 1, size);
    case "ArrowDown":
      return inside({ row: at.row + 1, column: at.column }, size);
    case "ArrowUp":
      return inside({ row: at.row - 1, column: at.column }, size);
    case "ArrowRight":
      return caret.end === caret.length || whole(caret) ? along(at, 1, size) : undefined;
    case "ArrowLeft":
      return caret.start === 0 || whole(caret) ? along(at, -1, size) : undefined;
    default:
      return undefined;
  }
}

/** Where a run of Tabs counts as begun: arrows begin a new one, figures and Tab go on with it. */
export function anchorAfter(key: string, to: Place | undefined, anchor: number): number {
  return key.startsWith("Arrow") && to ? to.column : anchor;
}

function inside(place: Place, size: Size): Place | undefined {
  return place.row >= 0 && place.row < size.rows ? place : undefined;
}

/** One cell on, around the end of the row; undefined beyond the first and last cell, where Tab leaves the grid. */
function along(at: Place, step: number, size: Size): Place | undefined {
  const flat = at.row * size.columns + at.column + step;
  return flat < 0 || flat >= size.rows * size.columns
    ? undefined
    : { row: Math.floor(flat / size.columns), column: flat % size.columns };
}
