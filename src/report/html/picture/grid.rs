//! Where the marks of systems stand on the two ladders: every rung is a column or a row, as large as what stands on it.

use crate::assessment::{SystemAssessment, Verdict};

/// Rungs of a ladder.
pub(super) const RUNGS: usize = 6;
/// Where the ladders begin, from the left of the picture.
pub(super) const LEFT: f64 = 206.0;
/// Where they begin, from its top.
pub(super) const TOP: f64 = 10.0;
/// The width of all columns.
const WIDTH: f64 = 842.0;
/// No column is narrower.
const COLUMN: f64 = 112.0;
/// No row is lower.
const ROW: f64 = 58.0;
/// What stays free at the top of a cell, for the letters of targets, and at its other sides.
const HEAD: f64 = 24.0;
const PAD: f64 = 12.0;
/// So many systems of one cell are written with their names.
const NAMED: usize = 3;
/// The height of a written name.
const LINE: f64 = 18.0;

/// A mark of a system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    /// The number of the system.
    pub(super) system: usize,
    /// Its middle.
    pub(super) x: f64,
    pub(super) y: f64,
    /// Whether its name is written beside it, and how wide that may be.
    pub(super) room: Option<f64>,
}

/// The columns, the rows and the marks.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    /// The left edges of the columns, and the right edge of the last.
    columns: Vec<f64>,
    /// The bottom edges of the rows, from rung 0, and the top edge of the last.
    rows: Vec<f64>,
    /// The marks, cell by cell.
    pub(super) marks: Vec<Mark>,
    /// The distance of two marks where they stand close.
    pub(super) pitch: f64,
}

impl Grid {
    /// The grid in which all of the systems have their place.
    pub(super) fn of(systems: &[&SystemAssessment]) -> Self {
        let pitch = match systems.len() {
            0..=60 => 17.0,
            61..=200 => 14.0,
            _ => 11.0,
        };
        let cells = cells(systems);
        let crowd = |count: usize| if count > NAMED { (count as f64).sqrt() } else { 0.0 };
        let weights: Vec<f64> =
            (0..RUNGS).map(|column| cells.iter().map(|row| crowd(row[column].len())).fold(0.0, f64::max)).collect();
        let all: f64 = weights.iter().sum();
        let spare = WIDTH - COLUMN * RUNGS as f64;
        let share = |weight: f64| if all > 0.0 { spare * weight / all } else { spare / RUNGS as f64 };
        let columns = edges(LEFT, weights.iter().map(|weight| COLUMN + share(*weight)));
        let across = |column: usize| (((columns[column + 1] - columns[column] - 2.0 * PAD) / pitch) as usize).max(1);
        let in_column: Vec<usize> = (0..RUNGS).map(across).collect();
        let height = |row: usize| {
            let of_cell = |column: usize| {
                let count = cells[row][column].len();
                let content =
                    if count <= NAMED { count as f64 * LINE } else { count.div_ceil(in_column[column]) as f64 * pitch };
                content + HEAD + PAD
            };
            (0..RUNGS).map(of_cell).fold(ROW, f64::max)
        };
        let heights: Vec<f64> = (0..RUNGS).map(height).collect();
        let bottom = TOP + heights.iter().sum::<f64>();
        let rows = edges(bottom, heights.iter().map(|height| -height));
        let mut grid = Self { columns, rows, marks: Vec::new(), pitch };
        for (row, of_row) in cells.iter().enumerate() {
            for (column, systems) in of_row.iter().enumerate() {
                grid.place(row, column, systems, in_column[column]);
            }
        }
        grid
    }

    fn place(&mut self, row: usize, column: usize, systems: &[usize], in_column: usize) {
        let (left, top) = (self.columns[column] + PAD, self.rows[row + 1] + HEAD);
        let named = systems.len() <= NAMED;
        // Column by column, so that those of the same range share a line.
        let high = systems.len().div_ceil(in_column).max(1);
        for (index, system) in systems.iter().enumerate() {
            let mark = if named {
                let room = self.columns[column + 1] - left - 22.0;
                Mark { system: *system, x: left + 7.0, y: top + (index as f64 + 0.5) * LINE, room: Some(room) }
            } else {
                let (across, down) = ((index / high) as f64, (index % high) as f64);
                let (x, y) = (left + (across + 0.5) * self.pitch, top + (down + 0.5) * self.pitch);
                Mark { system: *system, x, y, room: None }
            };
            self.marks.push(mark);
        }
    }

    /// The left edge of a rung of scale, and its right edge.
    pub(super) fn column(&self, rung: u8) -> (f64, f64) {
        let rung = usize::from(rung).min(RUNGS - 1);
        (self.columns[rung], self.columns[rung + 1])
    }

    /// The top edge of a rung of availability, and its bottom edge.
    pub(super) fn row(&self, rung: u8) -> (f64, f64) {
        let rung = usize::from(rung).min(RUNGS - 1);
        (self.rows[rung + 1], self.rows[rung])
    }

    /// The right edge of all columns, and the bottom edge of all rows.
    pub(super) fn corner(&self) -> (f64, f64) {
        (self.columns[RUNGS], self.rows[0])
    }
}

/// The numbers of the systems in each cell, by the rung of availability and that of scale that they ask for as written.
fn cells(systems: &[&SystemAssessment]) -> Vec<Vec<Vec<usize>>> {
    let mut cells = vec![vec![Vec::new(); RUNGS]; RUNGS];
    for (index, system) in systems.iter().enumerate() {
        let rung = |rung: u8| usize::from(rung).min(RUNGS - 1);
        cells[rung(system.availability.high)][rung(system.scale.high)].push(index);
    }
    for cell in cells.iter_mut().flatten() {
        cell.sort_by(|a, b| {
            let key = |index: usize| {
                let system = systems[index];
                (system.availability.low, system.scale.low, weight(system.verdict))
            };
            let need = systems[*b].need.score.total_cmp(&systems[*a].need.score);
            key(*a).cmp(&key(*b)).then(need).then(a.cmp(b))
        });
    }
    cells
}

/// What asks for most stands first.
fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Justified => 0,
        Verdict::KubernetesNative => 1,
        Verdict::Debatable => 2,
        Verdict::Needless => 3,
        Verdict::Inconclusive => 4,
    }
}

fn edges(from: f64, steps: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut edges = vec![from];
    let mut at = from;
    for step in steps {
        at += step;
        edges.push(at);
    }
    edges
}
